using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Each direction as a product for each group of channels.</content>
public static unsafe partial class Convolution
{
    /// <summary>The weights of one call, laid out anew: made by the thread that calls, as long as the largest it has had.</summary>
    [ThreadStatic]
    private static AlignedBuffer? t_weights;

    /// <summary>A product for each group.</summary>
    private interface IGroups
    {
        void Run(int group, int maxThreads);
    }

    private static float* RoomForWeights(int length)
    {
        if (t_weights is null || t_weights.Length < length)
        {
            t_weights = new AlignedBuffer(length);
        }

        return t_weights.Pointer;
    }

    /// <summary>One group is shared among threads; of several each is one thread's.</summary>
    private static void RunGroups<TGroups>(in TGroups groups, in ConvolutionShape shape, int maxThreads)
        where TGroups : struct, IGroups
    {
        if (shape.Groups == 1)
        {
            groups.Run(0, maxThreads);
        }
        else
        {
            long work = shape.Batch * shape.Flops / 2 / shape.Groups;
            WorkerTeam.For(shape.Groups, Gemm.Blocking.PiecesAtOnce(work), new GroupRange<TGroups>(groups), maxThreads);
        }
    }

    private readonly struct GroupRange<TGroups>(TGroups groups) : IRangeBody
        where TGroups : struct, IGroups
    {
        public void Invoke(int start, int end)
        {
            for (int group = start; group < end; group++)
            {
                groups.Run(group, maxThreads: 1);
            }
        }
    }

    /// <summary>Y[outChannels, pixels] = W[outChannels, taps]·patches(x)[taps, pixels].</summary>
    private readonly struct ForwardGroups<TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation) : IGroups
        where TActivation : struct, IUnaryOperator
    {
        public void Run(int group, int maxThreads)
        {
            int channels = shape.GroupOutChannels, taps = shape.Weight.Length / shape.OutChannels, first = group * channels;
            Gemm.SourceProduct<Gemm.InPlace, Patches, TActivation> product = default;
            product.RowEnd = channels;
            product.ColumnEnd = shape.Batch * shape.OutArea;
            product.K = taps;
            product.A = new(new(w + ((nint)first * taps), taps, 1));
            product.B = Patches.Of(in shape, x, group);
            product.C = new(y + ((nint)first * shape.OutArea), shape.OutArea, shape.OutArea, outerStride: shape.Output.Length);
            product.Epilogue.Alpha = 1;
            product.Epilogue.RowBias = bias == null ? null : bias + first;
            product.Epilogue.Activation = activation;
            product.Run(maxThreads);
        }
    }

    /// <summary>
    /// The pixels of an image that lie a stride apart take in the same taps, and from outputs that lie side by side: for each such phase
    /// dX[channels, its pixels] = W'[channels, outChannels·its taps]·patches(dY), a convolution of stride 1. Its weights are laid out once.
    /// </summary>
    private readonly struct BackwardInputGroups<TActivation>(
        ConvolutionShape shape, float* dOutput, float* w, float* bias, float* room, float* dInput, TActivation activation) : IGroups
        where TActivation : struct, IUnaryOperator
    {
        public void Run(int group, int maxThreads)
        {
            float* weight = room + ((nint)group * (shape.Weight.Length / shape.Groups));
            for (int phaseY = 0; phaseY < shape.Vertical.Stride; phaseY++)
            {
                for (int phaseX = 0; phaseX < shape.Horizontal.Stride; phaseX++)
                {
                    weight += Run(group, phaseY, phaseX, weight, maxThreads);
                }
            }
        }

        /// <returns>The weights that the phase has taken.</returns>
        private nint Run(int group, int phaseY, int phaseX, float* weight, int maxThreads)
        {
            int channels = shape.GroupChannels, height = shape.Image[1], width = shape.Image[2];
            TapAxis y = TapAxis.Backward(shape.Vertical, height, shape.Output[1], phaseY, out int firstY, out int stepY);
            TapAxis x = TapAxis.Backward(shape.Horizontal, width, shape.Output[2], phaseX, out int firstX, out int stepX);
            int taps = shape.GroupOutChannels * y.Taps * x.Taps;
            if (y.Outputs == 0 || x.Outputs == 0)
            {
                return 0;
            }

            int weights = shape.Weight.Length / shape.Groups, firstTap = (firstY * shape.Horizontal.Kernel) + firstX;
            TurnKernel turn = new(in shape, w + ((nint)group * weights) + firstTap, y.Taps, stepY, x.Taps, stepX, weight);
            SimdWidth.Invoke(ref turn);

            Gemm.SourceProduct<Gemm.InPlace, Patches, TActivation> product = default;
            product.RowEnd = channels;
            product.ColumnEnd = shape.Batch * y.Outputs * x.Outputs;
            product.K = taps;
            product.A = new(new(weight, taps, 1));
            product.B = Patches.Of(dOutput + ((nint)group * shape.GroupOutChannels * shape.OutArea), shape.Output.Length, y, x);
            product.C = Pixels(dInput + ((nint)group * channels * shape.Area) + ((nint)phaseY * width) + phaseX, y, x);
            product.Epilogue.Alpha = 1;
            product.Epilogue.RowBias = bias == null ? null : bias + (group * channels);
            product.Epilogue.Activation = activation;
            product.Run(maxThreads);
            return (nint)channels * taps;
        }

        /// <summary>Every stride-th pixel of every stride-th line; all of them lie in one piece.</summary>
        private Gemm.Runs Pixels(float* first, TapAxis y, TapAxis x)
        {
            (int strideY, int strideX) = (shape.Vertical.Stride, shape.Horizontal.Stride);
            return strideY == 1 && strideX == 1
                ? new(first, shape.Area, shape.Area, outerStride: shape.Image.Length)
                : new(first, shape.Area, x.Outputs, strideX, y.Outputs, (nint)strideY * shape.Image[2], shape.Image.Length);
        }
    }

    /// <summary>w[outChannels, channels, …taps] → w'[channels, outChannels, …taps of a phase]; the taps themselves keep their order.</summary>
    private readonly struct TurnKernel(
        in ConvolutionShape shape, float* w, int tapsY, int stepY, int tapsX, int stepX, float* turned) : ISimdKernel
    {
        private const int AtOnce = 16;

        private readonly int _channels = shape.GroupChannels, _outChannels = shape.GroupOutChannels, _taps = shape.Taps;
        private readonly int _width = shape.Horizontal.Kernel;

        /// <summary>A few output channels at a time, so that both what is read and what is written goes on where it was.</summary>
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int taps = tapsY * tapsX;
            if (taps == 1)
            {
                Gemm.Copy<TSimd>(new(w, _taps, (nint)_channels * _taps), _channels, _outChannels, turned, _outChannels);
                return;
            }

            (int lines, int length, int step) = taps == _taps ? (1, taps, 1) : (tapsY, tapsX, stepX);
            for (int first = 0; first < _outChannels; first += AtOnce)
            {
                int count = Math.Min(AtOnce, _outChannels - first);
                for (int channel = 0; channel < _channels; channel++)
                {
                    float* from = w + ((((nint)first * _channels) + channel) * _taps), to = turned + ((((nint)channel * _outChannels) + first) * taps);
                    for (int line = 0; line < lines; line++)
                    {
                        Planes.Copy<TSimd>(from, (nint)_channels * _taps, step, to, taps, count, length);
                        from += (nint)stepY * _width;
                        to += tapsX;
                    }
                }
            }
        }
    }
}
