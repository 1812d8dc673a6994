using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Depthwise convolutions, plane by plane.</content>
public static unsafe partial class Convolution
{
    /// <summary>Work in pieces of one plane, or one channel.</summary>
    private interface IPlanes
    {
        /// <summary>The number of pieces.</summary>
        int Count { get; }

        void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>;
    }

    private static void RunPlanes<TPlanes>(in TPlanes planes, in ConvolutionShape shape, int maxThreads)
        where TPlanes : struct, IPlanes
    {
        long work = shape.Batch * shape.Flops / 2 / Math.Max(1, planes.Count);
        WorkerTeam.For(planes.Count, (int)(Gemm.Blocking.Grain / Math.Clamp(work, 1, Gemm.Blocking.Grain)), new PlaneRange<TPlanes>(planes), maxThreads);
    }

    private readonly struct PlaneRange<TPlanes>(TPlanes planes, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        where TPlanes : struct, IPlanes
    {
        public void Invoke(int from, int to)
        {
            PlaneRange<TPlanes> part = new(planes, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int piece = start; piece < end; piece++)
            {
                planes.Run<TSimd>(piece);
            }
        }
    }

    private readonly struct DepthwiseForward<TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        public int Count => shape.Batch * shape.OutChannels;

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            (int image, int channel) = Math.DivRem(piece, shape.OutChannels);
            nint plane = ((nint)image * shape.Channels) + (channel / shape.GroupOutChannels);
            Depthwise.Sums<TSimd, TActivation>(
                x + (plane * shape.Area), shape.AxisY, shape.AxisX, w + (channel * shape.Taps), bias == null ? null : bias + channel, activation,
                y + ((nint)piece * shape.OutArea), shape.Output[2], 1);
        }
    }

    /// <summary>As in <see cref="BackwardInputGroups{TActivation}"/>, the pixels of each phase take in the same taps.</summary>
    private readonly struct DepthwiseBackwardInput<TActivation>(
        ConvolutionShape shape, float* dOutput, float* w, float* bias, float* dInput, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        public int Count => shape.Batch * shape.Channels;

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            int channel = piece % shape.Channels, width = shape.Image[2], strideX = shape.Horizontal.Stride, strideY = shape.Vertical.Stride;
            float* weights = stackalloc float[shape.Taps];
            for (int phaseY = 0; phaseY < strideY; phaseY++)
            {
                for (int phaseX = 0; phaseX < strideX; phaseX++)
                {
                    TapAxis y = TapAxis.Backward(shape.Vertical, shape.Image[1], shape.Output[1], phaseY, out int firstY, out int stepY);
                    TapAxis x = TapAxis.Backward(shape.Horizontal, width, shape.Output[2], phaseX, out int firstX, out int stepX);
                    for (int tap = 0; tap < y.Taps * x.Taps; tap++)
                    {
                        int line = firstY + (tap / x.Taps * stepY), place = firstX + (tap % x.Taps * stepX);
                        weights[tap] = w[(channel * shape.Taps) + (line * shape.Horizontal.Kernel) + place];
                    }

                    Depthwise.Sums<TSimd, TActivation>(
                        dOutput + ((nint)piece * shape.OutArea), y, x, weights, bias == null ? null : bias + channel, activation,
                        dInput + ((nint)piece * shape.Area) + ((nint)phaseY * width) + phaseX, (nint)strideY * width, strideX);
                }
            }
        }
    }

    /// <summary>Sums on 32 lanes, image after image, then a tree.</summary>
    private readonly struct DepthwiseBackwardWeight(ConvolutionShape shape, float* x, float* dOutput, float* dWeight) : IPlanes
    {
        public int Count => shape.OutChannels;

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            float* lanes = stackalloc float[shape.Taps * Depthwise.Lanes];
            new Span<float>(lanes, shape.Taps * Depthwise.Lanes).Clear();
            for (int image = 0; image < shape.Batch; image++)
            {
                nint plane = ((nint)image * shape.Channels) + (piece / shape.GroupOutChannels);
                float* values = dOutput + ((((nint)image * shape.OutChannels) + piece) * shape.OutArea);
                Depthwise.Products<TSimd>(x + (plane * shape.Area), shape.AxisY, shape.AxisX, values, lanes);
            }

            for (int tap = 0; tap < shape.Taps; tap++)
            {
                dWeight[(piece * shape.Taps) + tap] = Loops.Fold<Sum, TSimd>(default, lanes + (tap * Depthwise.Lanes), Depthwise.Lanes);
            }
        }
    }
}
