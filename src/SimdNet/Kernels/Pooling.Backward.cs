using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Backward: each window hands its gradient on, to places of which each sums what it gets in order of the windows.</content>
public static unsafe partial class Pooling
{
    /// <summary>The values of parts that are laid out at a time, if so many lines of outputs are enough.</summary>
    private const int PartsLength = 1 << 15;

    /// <summary>Places of a line done at a time: an even number.</summary>
    private const int MostPlaces = 1 << 10;

    /// <summary>
    /// Gradients before their turn when their memory is asked for, where lines are short and the machine does not foresee the streams: 64 × 32 × 26 × 26 took
    /// 247 µs instead of 587, and 313 instead of 1 057 after other work had been in the caches. Operands not asked for: 270 and 480.
    /// </summary>
    private const int Ahead = 1 << 10;

    /// <summary>How a window hands its gradient on.</summary>
    private interface IHandingOn
    {
        /// <summary>Whether the places of a window get parts of their own, or all the same.</summary>
        static abstract bool IsByPlace { get; }

        /// <summary>To the places of one window, in order.</summary>
        /// <param name="dInput">The first place of the window in the gradient of x.</param>
        /// <param name="place">That place, counted from the first value.</param>
        /// <param name="lineStep">Values from a line to the next.</param>
        /// <param name="lines">Lines of the window inside of the image.</param>
        /// <param name="places">Places of a line inside of the image.</param>
        /// <param name="output">The output, counted from the first.</param>
        void Window(float* dInput, nint place, nint lineStep, int lines, int places, nint output);

        /// <summary>The gradients of the four corners of windows of 2 × 2. What those soon after them take is asked for.</summary>
        void Corners<TSimd>(nint place, nint lineStep, nint output, int count, out TSimd a, out TSimd b, out TSimd c, out TSimd d)
            where TSimd : struct, ISimd<TSimd>;

        /// <summary>The parts that the windows of some lines of outputs hand on.</summary>
        /// <param name="block">Where they are laid out.</param>
        /// <param name="axis">The windows along the height.</param>
        /// <param name="first">The first line of outputs.</param>
        /// <param name="end">Just after the last.</param>
        /// <param name="top">The line of the image that comes first in the block.</param>
        /// <param name="output">The block's first output of the plane's first line, counted from the first.</param>
        /// <param name="step">Outputs from a line to the next.</param>
        void Parts<TSimd>(ref readonly Block block, ref readonly Line axis, int first, int end, int top, nint output, int step)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>Outputs of a line for which vectors are not worth their while. Measured with 7 × 7, one output: 97 µs one by one, 1 400 in vectors.</summary>
    private const int FewOutputs = 4;

    /// <summary>The planes from start to end, or all of them, to be cut by a team.</summary>
    private readonly struct BackwardPlanes<THandingOn>(
        PoolingShape shape, THandingOn handingOn, float* x, float* dInput, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        where THandingOn : struct, IHandingOn
    {
        private readonly Line _axisY = new(shape.Vertical, shape.Image[1], shape.Output[1]);
        private readonly Line _axisX = new(shape.Horizontal, shape.Image[2], shape.Output[2]);

        public void Invoke(int from, int to)
        {
            BackwardPlanes<THandingOn> part = new(shape, handingOn, x, dInput, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (_axisY.IsHalving && _axisX.IsHalving)
            {
                for (int plane = start; plane < end; plane++)
                {
                    Halve<THandingOn, TSimd>(
                        handingOn, dInput + Input(plane, 0), Input(plane, 0), shape.Image[2], Output(plane, 0), shape.Output[2], shape.Output[1]);
                    float* rest = dInput + Input(plane, 2 * shape.Output[1]);
                    new Span<float>(rest, (shape.Image[1] - (2 * shape.Output[1])) * shape.Image[2]).Clear();
                }

                return;
            }

            for (int place = 0; place < shape.Image[2]; place += MostPlaces)
            {
                Block block = new(in shape, _axisX, place, Math.Min(place + MostPlaces, shape.Image[2]), THandingOn.IsByPlace);
                if (!block.Fits || shape.Output[2] <= FewOutputs)
                {
                    OneByOne();
                    return;
                }

                block.Prepare();
                for (int plane = start; plane < end; plane++)
                {
                    for (int line = 0; line < shape.Image[1]; line += block.Lines)
                    {
                        Places<TSimd>(in block, plane, line, Math.Min(line + block.Lines, shape.Image[1]));
                    }
                }
            }
        }

        /// <summary>Some lines of a plane: the parts of all windows that reach into them, then for each place the sum of its parts.</summary>
        private void Places<TSimd>(ref readonly Block block, int plane, int from, int to)
            where TSimd : struct, ISimd<TSimd>
        {
            (int first, int end) = _axisY.Outputs(from, to);
            int top = first < end ? _axisY.Window(first).First : 0;
            if (THandingOn.IsByPlace && first < end)
            {
                (int last, int depth) = _axisY.Window(end - 1);
                Planes.Copy<TSimd>(
                    x + Input(plane, top) + block.Inside, shape.Image[2], 1, block.Values + block.Inside - block.Place, block.ValuesPitch,
                    last + depth - top, block.InsideLength);
            }

            handingOn.Parts<TSimd>(in block, in _axisY, first, end, top, Output(plane, 0) + block.FirstOutput, shape.Output[2]);
            float* result = dInput + Input(plane, from) + block.From;
            switch (block.Stride)
            {
                case 1:
                    SumParts<SumSideBySide, TSimd>(in block, in _axisY, first, from, to, result, shape.Image[2]);
                    break;
                case 2:
                    SumParts<SumPairs, TSimd>(in block, in _axisY, first, from, to, result, shape.Image[2]);
                    break;
                default:
                    SumParts<SumGathered, TSimd>(in block, in _axisY, first, from, to, result, shape.Image[2]);
                    break;
            }
        }

        /// <summary>Windows that are few, or of so many places that not even those of one line can be laid out.</summary>
        private void OneByOne()
        {
            nint first = Input(start, 0);
            new Span<float>(dInput + first, (int)(Input(end, 0) - first)).Clear();
            for (int plane = start; plane < end; plane++)
            {
                for (int i = 0; i < shape.Output[1]; i++)
                {
                    (int line, int lines) = _axisY.Window(i);
                    for (int j = 0; j < shape.Output[2]; j++)
                    {
                        (int place, int places) = _axisX.Window(j);
                        nint from = Input(plane, line) + place;
                        handingOn.Window(dInput + from, from, shape.Image[2], lines, places, Output(plane, i) + j);
                    }
                }
            }
        }

        private nint Input(int plane, int line) => (((nint)plane * shape.Image[1]) + line) * shape.Image[2];

        private nint Output(int plane, int line) => (((nint)plane * shape.Output[1]) + line) * shape.Output[2];
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Halve<THandingOn, TSimd>(
        THandingOn handingOn, float* dInput, nint place, int lineStep, nint output, int length, int count)
        where THandingOn : struct, IHandingOn
        where TSimd : struct, ISimd<TSimd>
    {
        for (; count > 0; count--, dInput += 2 * lineStep, place += 2 * lineStep, output += length)
        {
            for (int i = 0; i < length; i += TSimd.Count)
            {
                AskForPairs<TSimd>(dInput + (2 * i), lineStep);
                handingOn.Corners(place + (2 * i), lineStep, output + i, length - i, out TSimd a, out TSimd b, out TSimd c, out TSimd d);
                StorePairs(a, b, dInput + (2 * i), 2 * (length - i));
                StorePairs(c, d, dInput + lineStep + (2 * i), 2 * (length - i));
            }

            if (lineStep > 2 * length)
            {
                dInput[lineStep - 1] = dInput[(2 * lineStep) - 1] = 0;
            }
        }
    }

    /// <summary>A vector of pairs in each of two lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskForPairs<TSimd>(float* place, nint lineStep)
        where TSimd : struct, ISimd<TSimd>
    {
        place += Ahead;
        Cache.Prefetch(place);
        Cache.Prefetch(place + TSimd.Count);
        Cache.Prefetch(place + lineStep);
        Cache.Prefetch(place + lineStep + TSimd.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePairs<TSimd>(TSimd even, TSimd odd, float* destination, int left)
        where TSimd : struct, ISimd<TSimd>
    {
        (TSimd low, TSimd high) = TSimd.Interleave(even, odd);
        if (left >= 2 * TSimd.Count)
        {
            low.Store(destination);
            high.Store(destination + TSimd.Count);
        }
        else
        {
            low.StorePartial(destination, left);
            high.StorePartial(destination + TSimd.Count, left - TSimd.Count);
        }
    }
}
