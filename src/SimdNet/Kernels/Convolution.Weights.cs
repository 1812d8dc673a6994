using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>The gradient of the weights as a product for each group.</content>
public static unsafe partial class Convolution
{
    /// <summary>Blocks of k of a part.</summary>
    private const int FewestBlocks = 2;

    /// <summary>
    /// dWᵀ[taps, outChannels] = patches(x)[taps, pixels]·dYᵀ[pixels, outChannels], then stood up. The other way round the patches would have to be
    /// transposed as they are packed, and there are more of them than of dY. Many pixels of few weights are summed in parts: shared by taps or by
    /// channels, two threads took 1.6 times as long as one with 1 channel to 32, 3 × 3.
    /// </summary>
    private readonly struct BackwardWeightGroups(ConvolutionShape shape, float* x, float* dOutput, float* room, float* dWeight) : IGroups
    {
        public void Run(int group, int maxThreads)
        {
            int channels = shape.GroupOutChannels, taps = shape.Weight.Length / shape.OutChannels, first = group * channels;
            int length = taps * channels, parts = WeightParts(in shape);
            float* sums = room + ((nint)group * MostWeightParts(in shape) * length);
            Gemm.SourceProduct<Patches, PixelRows, Identity> product = default;
            product.RowEnd = taps;
            product.ColumnEnd = channels;
            product.K = shape.Batch * shape.OutArea;
            product.A = Patches.Of(in shape, x, group);
            product.B = new(dOutput + ((nint)first * shape.OutArea), shape.Output.Length, shape.OutArea);
            product.C = new(sums, channels, int.MaxValue);
            product.Epilogue.Alpha = 1;
            if (parts == 1)
            {
                product.Run(maxThreads, rowsFirst: taps > channels);
            }
            else
            {
                int threads = Gemm.Blocking.Threads((long)length * product.K, maxThreads);
                WorkerTeam.For(parts, 1, new WeightPart(shape, product, sums), threads);
            }

            WeightKernel weights = new(sums, channels, taps, parts, dWeight + ((nint)first * taps));
            SimdWidth.Invoke(ref weights);
        }
    }

    /// <summary>The parts that the pixels of a gradient of weights are summed in.</summary>
    internal static int WeightParts(in ConvolutionShape shape) =>
        Parts.Count(MostWeightParts(in shape), WeightBlocks(in shape) / FewestBlocks);

    /// <summary>The first pixel of a part: parts are whole blocks of k.</summary>
    internal static int FirstPixel(in ConvolutionShape shape, int part) =>
        Math.Min(Parts.Start(part, WeightParts(in shape), WeightBlocks(in shape)) * Gemm.Blocking.Kc, shape.Batch * shape.OutArea);

    private static int MostWeightParts(in ConvolutionShape shape) => Parts.Most(shape.Weight.Length / shape.Groups);

    private static int WeightBlocks(in ConvolutionShape shape) => (int)((((long)shape.Batch * shape.OutArea) + Gemm.Blocking.Kc - 1) / Gemm.Blocking.Kc);

    /// <summary>The sums of some parts of the pixels, each as a product of its own.</summary>
    private readonly struct WeightPart(ConvolutionShape shape, Gemm.SourceProduct<Patches, PixelRows, Identity> product, float* sums) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            for (int part = start; part < end; part++)
            {
                Gemm.SourceProduct<Patches, PixelRows, Identity> some = product;
                some.KStart = FirstPixel(in shape, part);
                some.K = FirstPixel(in shape, part + 1);
                some.C = new(sums + ((nint)part * product.Rows * product.Columns), product.Columns, int.MaxValue);
                SimdWidth.Invoke(ref some);
            }
        }
    }

    /// <summary>dWᵀ[taps, outChannels] of all parts to dW.</summary>
    private readonly struct WeightKernel(float* sums, int channels, int taps, int parts, float* dWeight) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Parts.Add<TSimd>(sums, (nint)channels * taps, parts, channels * taps);
            Gemm.Copy<TSimd>(new(sums, 1, channels), channels, taps, dWeight, taps);
        }
    }
}
