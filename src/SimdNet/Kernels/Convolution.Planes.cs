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

        /// <param name="piece">Which.</param>
        /// <param name="isFirst">Whether it is the first that this thread does, one after the other.</param>
        void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>;
    }

    private static void RunPlanes<TPlanes>(in TPlanes planes, in ConvolutionShape shape, int maxThreads)
        where TPlanes : struct, IPlanes
    {
        long work = shape.Batch * shape.Flops / 2 / Math.Max(1, planes.Count);
        WorkerTeam.For(planes.Count, Gemm.Blocking.PiecesAtOnce(work), new PlaneRange<TPlanes>(planes), maxThreads);
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
                planes.Run<TSimd>(piece, piece == start);
            }
        }
    }

    private readonly struct DepthwiseForward<TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        public int Count => shape.Batch * shape.OutChannels;

        public void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            (int image, int channel) = Math.DivRem(piece, shape.OutChannels);
            nint plane = ((nint)image * shape.Channels) + (channel / shape.GroupOutChannels);
            Depthwise.Sums<TSimd, TActivation>(
                x + (plane * shape.Area), Depthwise.View.Forward(in shape), w + (channel * shape.Taps), bias == null ? null : bias + channel,
                activation, y + ((nint)piece * shape.OutArea), isFirst);
        }
    }

    /// <summary>Each pixel sums its taps for one output channel of its own after the other, and adds these sums in order.</summary>
    private readonly struct DepthwiseBackwardInput<TActivation>(
        ConvolutionShape shape, float* dOutput, float* w, float* bias, float* dInput, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        public int Count => shape.Batch * shape.Channels;

        public void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            (int image, int channel) = Math.DivRem(piece, shape.Channels);
            int first = channel * shape.GroupOutChannels, last = first + shape.GroupOutChannels - 1;
            float* planes = dOutput + ((nint)image * shape.Output.Length), result = dInput + ((nint)piece * shape.Area);
            Depthwise.View view = Depthwise.View.Backward(in shape);
            for (int o = first; o < last; o++)
            {
                Depthwise.Sums<TSimd, Identity>(
                    planes + ((nint)o * shape.OutArea), in view, w + ((nint)o * shape.Taps), null, default, result, isFirst && o == first, o > first);
            }

            Depthwise.Sums<TSimd, TActivation>(
                planes + ((nint)last * shape.OutArea), in view, w + ((nint)last * shape.Taps), bias == null ? null : bias + channel, activation,
                result, isFirst && last == first, last > first);
        }
    }

    /// <summary>Sums on 32 lanes, image after image, then a tree.</summary>
    private readonly struct DepthwiseBackwardWeight(ConvolutionShape shape, float* x, float* dOutput, float* dWeight) : IPlanes
    {
        public int Count => shape.OutChannels;

        public void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            float* lanes = stackalloc float[shape.Taps * Depthwise.Lanes];
            new Span<float>(lanes, shape.Taps * Depthwise.Lanes).Clear();
            for (int image = 0; image < shape.Batch; image++)
            {
                nint plane = ((nint)image * shape.Channels) + (piece / shape.GroupOutChannels);
                float* values = dOutput + ((((nint)image * shape.OutChannels) + piece) * shape.OutArea);
                Depthwise.Products<TSimd>(x + (plane * shape.Area), Depthwise.View.Forward(in shape), values, lanes, isFirst && image == 0);
            }

            for (int tap = 0; tap < shape.Taps; tap++)
            {
                dWeight[(piece * shape.Taps) + tap] = Loops.Fold<Sum, TSimd>(default, lanes + (tap * Depthwise.Lanes), Depthwise.Lanes);
            }
        }
    }
}
