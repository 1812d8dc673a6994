using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Forward: whole windows many at a time, windows that padding cuts one by one.</content>
public static unsafe partial class Pooling
{
    /// <summary>The planes from start to end, or all of them, to be cut by a team.</summary>
    private readonly struct ForwardPlanes<TFold>(
        TFold fold, PoolingShape shape, float* x, float* y, bool countPadding, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        where TFold : struct, IFold
    {
        private readonly Line _axisY = new(shape.Vertical, shape.Image[1], shape.Output[1]);
        private readonly Line _axisX = new(shape.Horizontal, shape.Image[2], shape.Output[2]);

        public void Invoke(int from, int to)
        {
            ForwardPlanes<TFold> part = new(fold, shape, x, y, countPadding, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int plane = start; plane < end; plane++)
            {
                float* from = x + ((nint)plane * shape.Image[1] * shape.Image[2]), to = y + ((nint)plane * shape.Output[1] * shape.Output[2]);
                for (int outputY = 0; outputY < shape.Output[1]; outputY++)
                {
                    (int line, int lines) = _axisY.Window(outputY);
                    OutputLine<TSimd>(from + ((nint)line * shape.Image[2]), lines, to + ((nint)outputY * shape.Output[2]));
                }
            }
        }

        private void OutputLine<TSimd>(float* from, int lines, float* to)
            where TSimd : struct, ISimd<TSimd>
        {
            int wholes = _axisX.FirstCut - _axisX.FirstWhole;
            for (int i = 0; i < shape.Output[2]; i++)
            {
                if (i == _axisX.FirstWhole && wholes > 0)
                {
                    Windows<TSimd>(from + _axisX.Window(i).First, lines, to + i, wholes);
                    i += wholes - 1;
                }
                else
                {
                    (int first, int places) = _axisX.Window(i);
                    Window<TSimd>(from + first, lines, places).StorePartial(to + i, 1);
                }
            }
        }

        private void Windows<TSimd>(float* from, int lines, float* to, int count)
            where TSimd : struct, ISimd<TSimd>
        {
            int kernel = shape.Horizontal.Kernel, stride = shape.Horizontal.Stride;
            float divisor = Divisor(lines, kernel);
            if (stride == 1)
            {
                SideBySide<TFold, TSimd>(fold, from, shape.Image[2], lines, kernel, divisor, to, count);
            }
            else if (stride == 2)
            {
                EverySecond<TFold, TSimd>(fold, from, shape.Image[2], lines, kernel, divisor, to, count);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    Window<TSimd>(from + ((nint)i * stride), lines, kernel).StorePartial(to + i, 1);
                }
            }
        }

        /// <summary>One window, in every lane.</summary>
        private TSimd Window<TSimd>(float* from, int lines, int places)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd folded = TSimd.Broadcast(fold.Identity);
            for (int line = 0; line < lines; line++)
            {
                for (int place = 0; place < places; place++)
                {
                    folded = fold.Combine(folded, TSimd.Broadcast(from[((nint)line * shape.Image[2]) + place]));
                }
            }

            return Finish<TFold, TSimd>(folded, Divisor(lines, places));
        }

        private float Divisor(int lines, int places) => countPadding ? shape.Taps : lines * places;
    }

    /// <summary>The windows along one axis.</summary>
    private readonly struct Line(WindowAxis window, int size, int outputs)
    {
        /// <summary>Outputs before it have a window that the padding in front cuts.</summary>
        public readonly int FirstWhole = Math.Min((window.PadBefore + window.Stride - 1) / window.Stride, outputs);

        /// <summary>Outputs from it on have a window that the padding behind cuts.</summary>
        public readonly int FirstCut = size + window.PadBefore < window.Kernel
            ? 0
            : Math.Min(((size + window.PadBefore - window.Kernel) / window.Stride) + 1, outputs);

        /// <summary>What a window takes in: from where, and how many.</summary>
        public (int First, int Count) Window(int output)
        {
            int start = (output * window.Stride) - window.PadBefore, first = Math.Max(start, 0);
            return (first, Math.Min(start + window.Kernel, size) - first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Finish<TFold, TSimd>(TSimd folded, float divisor)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd> => typeof(TFold) == typeof(Sum) ? folded / TSimd.Broadcast(divisor) : folded;

    /// <summary>Windows a place apart.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SideBySide<TFold, TSimd>(TFold fold, float* from, nint lineStep, int lines, int kernel, float divisor, float* to, int count)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i += TSimd.Count)
        {
            int left = count - i;
            TSimd folded = TSimd.Broadcast(fold.Identity);
            for (int line = 0; line < lines; line++)
            {
                float* window = from + (line * lineStep) + i;
                for (int place = 0; place < kernel; place++)
                {
                    folded = fold.Combine(folded, left >= TSimd.Count ? TSimd.Load(window + place) : TSimd.LoadPartial(window + place, left));
                }
            }

            folded = Finish<TFold, TSimd>(folded, divisor);
            if (left >= TSimd.Count)
            {
                folded.Store(to + i);
            }
            else
            {
                folded.StorePartial(to + i, left);
            }
        }
    }

    /// <summary>Windows two places apart: two vectors, parted, are two places of as many windows as a vector has lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void EverySecond<TFold, TSimd>(TFold fold, float* from, nint lineStep, int lines, int kernel, float divisor, float* to, int count)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i += TSimd.Count)
        {
            int places = (2 * (Math.Min(count - i, TSimd.Count) - 1)) + kernel; // that the windows of this vector reach over
            TSimd folded = TSimd.Broadcast(fold.Identity);
            for (int line = 0; line < lines; line++)
            {
                float* window = from + (line * lineStep) + (2 * i);
                for (int place = 0; place < kernel; place += 2)
                {
                    (TSimd even, TSimd odd) = LoadPairs<TSimd>(window + place, places - place);
                    folded = fold.Combine(folded, even);
                    folded = place + 1 < kernel ? fold.Combine(folded, odd) : folded;
                }
            }

            Finish<TFold, TSimd>(folded, divisor).StorePartial(to + i, count - i);
        }
    }

    /// <summary>Places 0, 2, 4 … and 1, 3, 5 … of those that are <paramref name="left"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TSimd Even, TSimd Odd) LoadPairs<TSimd>(float* source, int left)
        where TSimd : struct, ISimd<TSimd> => left >= 2 * TSimd.Count
            ? TSimd.Deinterleave(TSimd.Load(source), TSimd.Load(source + TSimd.Count))
            : TSimd.Deinterleave(TSimd.LoadPartial(source, left), TSimd.LoadPartial(source + TSimd.Count, left - TSimd.Count));
}
