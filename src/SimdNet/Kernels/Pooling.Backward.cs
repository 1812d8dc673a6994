using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Backward: each window hands its gradient on. Windows of 2 × 2 that lie side by side do so many at a time.</content>
public static unsafe partial class Pooling
{
    /// <summary>How a window hands its gradient on.</summary>
    private interface IHandingOn
    {
        /// <summary>To the places of one window, in order.</summary>
        /// <param name="dInput">The first place of the window in the gradient of x.</param>
        /// <param name="place">That place, counted from the first value.</param>
        /// <param name="lineStep">Values from a line to the next.</param>
        /// <param name="lines">Lines of the window inside of the image.</param>
        /// <param name="places">Places of a line inside of the image.</param>
        /// <param name="output">The output, counted from the first.</param>
        void Window(float* dInput, nint place, nint lineStep, int lines, int places, nint output);

        /// <summary>The gradients of the four corners of windows of 2 × 2.</summary>
        void Corners<TSimd>(nint place, nint lineStep, nint output, int count, out TSimd a, out TSimd b, out TSimd c, out TSimd d)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>The planes from start to end, or all of them, to be cut by a team.</summary>
    private readonly struct BackwardPlanes<THandingOn>(PoolingShape shape, THandingOn handingOn, float* dInput, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
        where THandingOn : struct, IHandingOn
    {
        private readonly Line _axisY = new(shape.Vertical, shape.Image[1], shape.Output[1]);
        private readonly Line _axisX = new(shape.Horizontal, shape.Image[2], shape.Output[2]);

        /// <summary>Kernel and stride 2 on both axes.</summary>
        private bool IsHalving =>
            shape.Vertical.Kernel == 2 && shape.Vertical.Stride == 2 && shape.Horizontal.Kernel == 2 && shape.Horizontal.Stride == 2;

        public void Invoke(int from, int to)
        {
            BackwardPlanes<THandingOn> part = new(shape, handingOn, dInput, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int area = shape.Image[1] * shape.Image[2];
            new Span<float>(dInput + ((nint)start * area), (end - start) * area).Clear();
            for (int plane = start; plane < end; plane++)
            {
                for (int outputY = 0; outputY < shape.Output[1]; outputY++)
                {
                    (int line, int lines) = _axisY.Window(outputY);
                    nint output = (((nint)plane * shape.Output[1]) + outputY) * shape.Output[2];
                    OutputLine<TSimd>(((nint)plane * area) + ((nint)line * shape.Image[2]), lines, output);
                }
            }
        }

        private void OutputLine<TSimd>(nint place, int lines, nint output)
            where TSimd : struct, ISimd<TSimd>
        {
            int wholes = IsHalving && lines == 2 ? _axisX.FirstCut - _axisX.FirstWhole : 0;
            for (int i = 0; i < shape.Output[2]; i++)
            {
                (int first, int places) = _axisX.Window(i);
                nint from = place + first;
                if (i == _axisX.FirstWhole && wholes > 0)
                {
                    Halve<THandingOn, TSimd>(handingOn, dInput + from, from, shape.Image[2], output + i, wholes);
                    i += wholes - 1;
                }
                else
                {
                    handingOn.Window(dInput + from, from, shape.Image[2], lines, places, output + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Halve<THandingOn, TSimd>(THandingOn handingOn, float* dInput, nint place, nint lineStep, nint output, int count)
        where THandingOn : struct, IHandingOn
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i += TSimd.Count)
        {
            handingOn.Corners(place + (2 * i), lineStep, output + i, count - i, out TSimd a, out TSimd b, out TSimd c, out TSimd d);
            StorePairs(a, b, dInput + (2 * i), 2 * (count - i));
            StorePairs(c, d, dInput + lineStep + (2 * i), 2 * (count - i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePairs<TSimd>(TSimd even, TSimd odd, float* destination, int left)
        where TSimd : struct, ISimd<TSimd>
    {
        (TSimd low, TSimd high) = TSimd.Interleave(even, odd);
        low.StorePartial(destination, left);
        high.StorePartial(destination + TSimd.Count, left - TSimd.Count);
    }

    /// <summary>To the first value that is the largest.</summary>
    private readonly struct ToLargest(float* x, float* y, float* dOutput) : IHandingOn
    {
        public void Window(float* dInput, nint place, nint lineStep, int lines, int places, nint output)
        {
            float largest = y[output];
            for (nint line = 0; line < lines * lineStep; line += lineStep)
            {
                for (nint i = line; i < line + places; i++)
                {
                    if (x[place + i] == largest)
                    {
                        dInput[i] += dOutput[output];
                        return;
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Corners<TSimd>(nint place, nint lineStep, nint output, int count, out TSimd a, out TSimd b, out TSimd c, out TSimd d)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd largest = TSimd.LoadPartial(y + output, count), gradient = TSimd.LoadPartial(dOutput + output, count);
            (TSimd xa, TSimd xb) = LoadPairs<TSimd>(x + place, 2 * count);
            (TSimd xc, TSimd xd) = LoadPairs<TSimd>(x + place + lineStep, 2 * count);
            a = Take(xa, largest, ref gradient);
            b = Take(xb, largest, ref gradient);
            c = Take(xc, largest, ref gradient);
            d = Take(xd, largest, ref gradient);
        }

        /// <summary>The gradient where this is the largest value; then nothing is left for the next.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TSimd Take<TSimd>(TSimd value, TSimd largest, ref TSimd left)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd mask = TSimd.Equal(value, largest), taken = TSimd.Select(mask, left, TSimd.Zero);
            left = TSimd.Select(mask, TSimd.Zero, left);
            return taken;
        }
    }

    /// <summary>To all values, each its share: of those that count, or of those that are there if 0 is given.</summary>
    private readonly struct ToAll(float* dOutput, int counted) : IHandingOn
    {
        public void Window(float* dInput, nint place, nint lineStep, int lines, int places, nint output)
        {
            float share = dOutput[output] / (counted == 0 ? lines * places : counted);
            for (nint line = 0; line < lines * lineStep; line += lineStep)
            {
                for (nint i = line; i < line + places; i++)
                {
                    dInput[i] += share;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Corners<TSimd>(nint place, nint lineStep, nint output, int count, out TSimd a, out TSimd b, out TSimd c, out TSimd d)
            where TSimd : struct, ISimd<TSimd> =>
            a = b = c = d = TSimd.LoadPartial(dOutput + output, count) / TSimd.Broadcast(counted == 0 ? 4 : counted);
    }
}
