using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>
/// Forward: the lines of a window are folded onto one, then that along its places. Windows that overlap share the first; padding is a border of
/// that line, which changes no result.
/// </content>
public static unsafe partial class Pooling
{
    /// <summary>The values of folded lines that are laid out at a time: a third of the first-level cache.</summary>
    private const int FoldedLength = 1 << 12;

    /// <summary>The planes from start to end, or all of them, to be cut by a team.</summary>
    private readonly struct ForwardPlanes<TFold>(
        TFold fold, PoolingShape shape, float* x, float* y, bool countPadding, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        where TFold : struct, IFold
    {
        private readonly Line _axisY = new(shape.Vertical, shape.Image[1], shape.Output[1]);
        private readonly Line _axisX = new(shape.Horizontal, shape.Image[2], shape.Output[2]);
        private readonly int _height = shape.Image[1], _width = shape.Image[2], _outHeight = shape.Output[1], _outWidth = shape.Output[2];

        public void Invoke(int from, int to)
        {
            ForwardPlanes<TFold> part = new(fold, shape, x, y, countPadding, from, to);
            SimdWidth.Invoke(ref part);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (_axisX.IsHalving)
            {
                Halves<TSimd>();
                return;
            }

            int most = ((Room - shape.Horizontal.Kernel) / shape.Horizontal.Stride) + 1;
            for (int i = 0; i < _outWidth; i += most)
            {
                Outputs<TSimd>(i, Math.Min(most, _outWidth - i));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Halves<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int alike;
            for (int plane = start; plane < end; plane++)
            {
                for (int i = 0; i < _outHeight; i += alike)
                {
                    (int line, int lines) = _axisY.Window(i);
                    alike = _axisY.Alike(i);
                    Halve<TFold, TSimd>(
                        fold, Input(plane, line), _width, (nint)shape.Vertical.Stride * _width, lines, Divisor(lines) * 2, Output(plane, i),
                        _outWidth, alike);
                }
            }
        }

        /// <summary>Some outputs of every line. The border of the folded lines is laid out once.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Outputs<TSimd>(int first, int count)
            where TSimd : struct, ISimd<TSimd>
        {
            int place = (first * shape.Horizontal.Stride) - shape.Horizontal.PadBefore;
            int reach = ((count - 1) * shape.Horizontal.Stride) + shape.Horizontal.Kernel;
            int inside = Math.Max(place, 0), length = Math.Min(place + reach, _width) - inside;
            int pitch = AlignedBuffer.Align(reach) + Slack, atOnce = Math.Clamp(FoldedLength / pitch, 1, _outHeight);
            float* counted = Gemm.Scratch;
            float* folded = counted + AlignedBuffer.Align(count) + Slack;
            for (int i = 0; i < count; i++)
            {
                counted[i] = countPadding ? shape.Horizontal.Kernel : _axisX.Window(first + i).Count;
            }

            new Span<float>(folded, atOnce * pitch).Fill(fold.Identity);
            for (int plane = start; plane < end; plane++)
            {
                int lines;
                for (int line = 0; line < _outHeight; line += lines)
                {
                    lines = Math.Min(Math.Min(_axisY.Alike(line), atOnce), _outHeight - line);
                    (int top, int depth) = _axisY.Window(line);
                    Down<TFold, TSimd>(
                        fold, Input(plane, top) + inside, _width, (nint)shape.Vertical.Stride * _width, depth,
                        folded + inside - place, pitch, length, lines);
                    Across<TSimd>(folded, pitch, counted, Divisor(depth), Output(plane, line) + first, count, lines);
                }
            }
        }

        private void Across<TSimd>(float* folded, int pitch, float* counted, float divisor, float* to, int count, int lines)
            where TSimd : struct, ISimd<TSimd>
        {
            int kernel = shape.Horizontal.Kernel, stride = shape.Horizontal.Stride, width = _outWidth;
            switch (stride)
            {
                case 1:
                    Across<TFold, SideBySide, TSimd>(fold, default, folded, pitch, 1, kernel, counted, divisor, to, width, count, lines);
                    break;
                case 2:
                    Across<TFold, EverySecond, TSimd>(fold, default, folded, pitch, 2, kernel, counted, divisor, to, width, count, lines);
                    break;
                default:
                    Across<TFold, EveryNth, TSimd>(fold, new(stride), folded, pitch, stride, kernel, counted, divisor, to, width, count, lines);
                    break;
            }
        }

        private float* Input(int plane, int line) => x + ((((nint)plane * _height) + line) * _width);

        private float* Output(int plane, int line) => y + ((((nint)plane * _outHeight) + line) * _outWidth);

        private float Divisor(int lines) => countPadding ? shape.Vertical.Kernel : lines;
    }

    /// <summary>Windows of two places side by side: two vectors of folded values, parted, are the two places of as many windows as a vector has lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Halve<TFold, TSimd>(
        TFold fold, float* from, nint lineStep, nint step, int lines, float divisor, float* to, int length, int count)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd counted = TSimd.Broadcast(divisor);
        for (; count > 0; count--, from += step, to += length)
        {
            int i = 0;
            for (; i <= length - TSimd.Count; i += TSimd.Count)
            {
                float* window = from + (2 * i);
                TSimd low = TSimd.Load(window), high = TSimd.Load(window + TSimd.Count);
                for (int line = 1; line < lines; line++)
                {
                    window += lineStep;
                    low = fold.Combine(low, TSimd.Load(window));
                    high = fold.Combine(high, TSimd.Load(window + TSimd.Count));
                }

                Pairs<TFold, TSimd>(fold, low, high, counted).Store(to + i);
            }

            if (i < length)
            {
                int left = 2 * (length - i);
                float* window = from + (2 * i);
                TSimd low = TSimd.LoadPartial(window, left), high = TSimd.LoadPartial(window + TSimd.Count, left - TSimd.Count);
                for (int line = 1; line < lines; line++)
                {
                    window += lineStep;
                    low = fold.Combine(low, TSimd.LoadPartial(window, left));
                    high = fold.Combine(high, TSimd.LoadPartial(window + TSimd.Count, left - TSimd.Count));
                }

                Pairs<TFold, TSimd>(fold, low, high, counted).StorePartial(to + i, length - i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Pairs<TFold, TSimd>(TFold fold, TSimd low, TSimd high, TSimd counted)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        (TSimd even, TSimd odd) = TSimd.Deinterleave(low, high);
        return Finish(fold, fold.Combine(even, odd), counted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Finish<TFold, TSimd>(TFold fold, TSimd folded, TSimd counted)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd> => typeof(TFold) == typeof(Sum) ? folded / counted : folded;

    /// <summary><c>to[i, j] ← fold over lines of from[i·step + line·lineStep + j]</c>, i &lt; count, j &lt; length.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Down<TFold, TSimd>(
        TFold fold, float* from, nint lineStep, nint step, int lines, float* to, nint pitch, int length, int count)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        for (; count > 0; count--, from += step, to += pitch)
        {
            int i = 0;
            for (; i <= length - TSimd.Count; i += TSimd.Count)
            {
                float* value = from + i;
                TSimd folded = TSimd.Load(value);
                for (int line = 1; line < lines; line++)
                {
                    value += lineStep;
                    folded = fold.Combine(folded, TSimd.Load(value));
                }

                folded.Store(to + i);
            }

            if (i < length)
            {
                float* value = from + i;
                TSimd folded = TSimd.LoadPartial(value, length - i);
                for (int line = 1; line < lines; line++)
                {
                    value += lineStep;
                    folded = fold.Combine(folded, TSimd.LoadPartial(value, length - i));
                }

                folded.StorePartial(to + i, length - i);
            }
        }
    }

    /// <summary><c>to[i, j] ← fold over places of from[i·pitch + j·stride + place]</c>, i &lt; count, j &lt; length, divided if it is a mean.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Across<TFold, TReach, TSimd>(
        TFold fold, TReach reach, float* from, nint pitch, nint stride, int kernel, float* counted, float divisor, float* to, nint step, int length,
        int count)
        where TFold : struct, IFold
        where TReach : struct, IReach
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd lines = TSimd.Broadcast(divisor);
        for (; count > 0; count--, from += pitch, to += step)
        {
            for (int i = 0; i < length; i += TSimd.Count)
            {
                float* window = from + (i * stride);
                TSimd folded = reach.At<TSimd>(window, length - i);
                for (int place = 1; place < kernel; place++)
                {
                    folded = fold.Combine(folded, reach.At<TSimd>(window + place, length - i));
                }

                folded = Finish(fold, folded, TSimd.Load(counted + i) * lines);
                if (length - i >= TSimd.Count)
                {
                    folded.Store(to + i);
                }
                else
                {
                    folded.StorePartial(to + i, length - i);
                }
            }
        }
    }
}
