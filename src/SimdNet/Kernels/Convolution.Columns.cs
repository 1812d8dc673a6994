using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The gradient of an input of few channels: what each tap carries back, then the sum of it, block by block.</content>
public static unsafe partial class Convolution
{
    /// <summary>The most channels of a group for which patches are not packed.</summary>
    private const int MostChannels = 8;

    /// <summary>The values of a block of columns: a quarter of the second-level cache.</summary>
    private const int BlockLength = 1 << 16;

    /// <summary>A block of columns: of fixed size, one for each thread that has needed it.</summary>
    [ThreadStatic]
    private static AlignedBuffer? t_columns;

    /// <summary>
    /// Where packed patches would be read by hardly more rows than they have taken instructions to pack. Measured with 3 channels, 7 × 7, stride 2:
    /// 30 GFLOP/s by patches.
    /// </summary>
    internal static bool IsByColumns(in ConvolutionShape shape) =>
        shape.GroupChannels <= MostChannels && shape.Taps > 1 && (long)shape.GroupChannels * shape.Taps * shape.Output[2] <= BlockLength;

    /// <summary>The lines of a block, a matter of the shape alone: a sum is formed block by block.</summary>
    internal static int LinesAtOnce(in ConvolutionShape shape) =>
        Math.Max(1, BlockLength / (shape.GroupChannels * shape.Taps * shape.Output[2]));

    /// <summary>
    /// Columns[channels·taps, pixels] = Wᵀ[channels·taps, outChannels]·dY[outChannels, pixels] for a block of lines, folded onto dX in order of its
    /// taps. An image is one thread's: so each pixel's sum has one order.
    /// </summary>
    private readonly struct BackwardInputImages<TActivation>(
        ConvolutionShape shape, float* dOutput, float* w, float* bias, float* dInput, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        public int Count => shape.Batch * shape.Groups;

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            int rows = shape.GroupChannels * shape.Taps, width = shape.Output[2], group = piece % shape.Groups;
            int atOnce = LinesAtOnce(in shape);
            float* columns = (t_columns ??= new AlignedBuffer(BlockLength)).Pointer;
            float* image = dInput + ((nint)piece * shape.GroupChannels * shape.Area);
            new Span<float>(image, shape.GroupChannels * shape.Area).Clear();
            for (int line = 0; line < shape.Output[1]; line += atOnce)
            {
                int lines = Math.Min(atOnce, shape.Output[1] - line), pixels = lines * width;
                Gemm.Product<Identity> product = default;
                product.RowEnd = rows;
                product.ColumnEnd = pixels;
                product.K = shape.GroupOutChannels;
                product.A = new(w + ((nint)group * shape.GroupOutChannels * rows), 1, rows);
                product.B = new(dOutput + ((nint)piece * shape.GroupOutChannels * shape.OutArea) + ((nint)line * width), shape.OutArea, 1);
                product.C = new(columns, pixels, 1);
                product.Epilogue.Alpha = 1;
                product.Invoke<TSimd>();
                for (int channel = 0; channel < shape.GroupChannels; channel++)
                {
                    Fold<TSimd>(columns + ((nint)channel * shape.Taps * pixels), pixels, line, lines, image + ((nint)channel * shape.Area), in shape);
                }
            }

            for (int channel = 0; channel < shape.GroupChannels && (bias != null || typeof(TActivation) != typeof(Identity)); channel++)
            {
                float addend = bias == null ? 0 : bias[(group * shape.GroupChannels) + channel];
                Biased<TActivation> finish = new(activation, addend, bias != null);
                Loops.Map<Biased<TActivation>, TSimd>(finish, image + ((nint)channel * shape.Area), image + ((nint)channel * shape.Area), shape.Area);
            }
        }
    }

    /// <summary><c>activation(x + bias)</c></summary>
    private readonly struct Biased<TActivation>(TActivation activation, float bias, bool isBiased) : IUnaryOperator
        where TActivation : struct, IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => activation.Invoke(isBiased ? x + TSimd.Broadcast(bias) : x);
    }
}
