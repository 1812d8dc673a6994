using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>Lines at a distance, moved and cleared.</summary>
/// <remarks>
/// Legal pointers: a line is read from its first value to its last, <c>source[0 … (length - 1)·stride]</c>, and written likewise; nothing else
/// is touched. A line of values side by side that is longer than a vector ends with a vector that repeats some of the one before.
/// </remarks>
internal static unsafe class Planes
{
    /// <summary>Values of a line for which no vector is worth its mask.</summary>
    private const int Few = 4;

    /// <summary><c>destination[i·destinationStep + j] ← source[i·sourceStep + j·stride]</c>, i &lt; count, j &lt; length.</summary>
    public static void Copy<TSimd>(
        float* source, nint sourceStep, int stride, float* destination, nint destinationStep, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        if (length < Few)
        {
            CopyValues(source, sourceStep, stride, destination, destinationStep, count, length);
        }
        else if (stride == 1)
        {
            CopyLines<TSimd>(source, sourceStep, destination, destinationStep, count, length);
        }
        else if (stride == 2)
        {
            CopyEven<TSimd>(source, sourceStep, destination, destinationStep, count, length);
        }
        else
        {
            CopyValues(source, sourceStep, stride, destination, destinationStep, count, length);
        }
    }

    /// <summary>
    /// <c>even[i·step + j] ← source[i·sourceStep + 2j]</c>, <c>odd[i·step + j] ← source[i·sourceStep + 2j + 1]</c>, i &lt; count, j &lt; length.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Halve<TSimd>(float* source, nint sourceStep, float* even, float* odd, nint step, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < length; j += TSimd.Count)
            {
                int first = Math.Max(0, Math.Min(j, length - TSimd.Count));
                float* from = source + (2 * first);
                if (length >= TSimd.Count)
                {
                    (TSimd low, TSimd high) = TSimd.Deinterleave(TSimd.Load(from), TSimd.Load(from + TSimd.Count));
                    low.Store(even + first);
                    high.Store(odd + first);
                }
                else
                {
                    (TSimd low, TSimd high) = TSimd.Deinterleave(
                        TSimd.LoadPartial(from, 2 * length), TSimd.LoadPartial(from + TSimd.Count, (2 * length) - TSimd.Count));
                    low.StorePartial(even, length);
                    high.StorePartial(odd, length);
                }
            }

            source += sourceStep;
            even += step;
            odd += step;
        }
    }

    /// <summary>
    /// <c>destination[i·destinationStep + j·stride] ← source[i·sourceStep + j]</c>, i &lt; count, j &lt; length: what lies between stays.
    /// </summary>
    public static void Spread<TSimd>(
        float* source, nint sourceStep, float* destination, nint destinationStep, int stride, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i++)
        {
            int j = 0;
            for (; j < length && stride == 2; j += TSimd.Count)
            {
                SpreadPairs(TSimd.LoadPartial(source + j, length - j), destination + (2 * j), (2 * (length - j)) - 1);
            }

            for (; j < length; j++)
            {
                destination[(nint)j * stride] = source[j];
            }

            source += sourceStep;
            destination += destinationStep;
        }
    }

    /// <summary><c>destination[i·destinationStep + j·stride] += source[i·sourceStep + j]</c>, i &lt; count, j &lt; length.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add<TSimd>(float* source, nint sourceStep, float* destination, nint destinationStep, int stride, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i++)
        {
            int j = 0;
            for (; j < length && stride == 1; j += TSimd.Count)
            {
                int left = length - j;
                if (left >= TSimd.Count)
                {
                    (TSimd.Load(destination + j) + TSimd.Load(source + j)).Store(destination + j);
                }
                else
                {
                    (TSimd.LoadPartial(destination + j, left) + TSimd.LoadPartial(source + j, left)).StorePartial(destination + j, left);
                }
            }

            for (; j < length && stride == 2; j += TSimd.Count)
            {
                AddPairs(TSimd.LoadPartial(source + j, length - j), destination + (2 * j), (2 * (length - j)) - 1);
            }

            for (; j < length; j++)
            {
                destination[(nint)j * stride] += source[j];
            }

            source += sourceStep;
            destination += destinationStep;
        }
    }

    /// <summary><c>destination[i·step + j] ← 0</c>, i &lt; count, j &lt; length.</summary>
    public static void Clear<TSimd>(float* destination, nint step, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        if (length > 0)
        {
            ClearLines<TSimd>(destination, step, count, length);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ClearLines<TSimd>(float* destination, nint step, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        int whole = length - (length % TSimd.Count);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < whole; j += TSimd.Count)
            {
                TSimd.Zero.Store(destination + j);
            }

            for (int j = whole; j < length; j++)
            {
                destination[j] = 0;
            }

            destination += step;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CopyLines<TSimd>(float* source, nint sourceStep, float* destination, nint destinationStep, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        if (length < TSimd.Count)
        {
            for (int i = 0; i < count; i++)
            {
                TSimd.LoadPartial(source, length).StorePartial(destination, length);
                source += sourceStep;
                destination += destinationStep;
            }

            return;
        }

        int last = length - TSimd.Count;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < last; j += TSimd.Count)
            {
                TSimd.Load(source + j).Store(destination + j);
            }

            TSimd.Load(source + last).Store(destination + last);
            source += sourceStep;
            destination += destinationStep;
        }
    }

    /// <summary>Two vectors give one; what is read ends with the last value that is wanted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CopyEven<TSimd>(float* source, nint sourceStep, float* destination, nint destinationStep, int count, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < count; i++)
        {
            int j = 0;
            for (; j < length - TSimd.Count; j += TSimd.Count)
            {
                TSimd.Deinterleave(TSimd.Load(source + (2 * j)), TSimd.Load(source + (2 * j) + TSimd.Count)).Even.Store(destination + j);
            }

            int left = (2 * (length - j)) - 1;
            TSimd first = TSimd.LoadPartial(source + (2 * j), left), second = TSimd.LoadPartial(source + (2 * j) + TSimd.Count, left - TSimd.Count);
            TSimd.Deinterleave(first, second).Even.StorePartial(destination + j, length - j);
            source += sourceStep;
            destination += destinationStep;
        }
    }

    /// <summary>Every second value, of those that are <paramref name="left"/>; the others are read and written back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadPairs<TSimd>(TSimd values, float* destination, int left)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd others = TSimd.Deinterleave(
            TSimd.LoadPartial(destination, left), TSimd.LoadPartial(destination + TSimd.Count, left - TSimd.Count)).Odd;
        (TSimd low, TSimd high) = TSimd.Interleave(values, others);
        low.StorePartial(destination, left);
        high.StorePartial(destination + TSimd.Count, left - TSimd.Count);
    }

    /// <summary>To every second value, of those that are <paramref name="left"/>; the others are read and written back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPairs<TSimd>(TSimd values, float* destination, int left)
        where TSimd : struct, ISimd<TSimd>
    {
        (TSimd sums, TSimd others) = TSimd.Deinterleave(
            TSimd.LoadPartial(destination, left), TSimd.LoadPartial(destination + TSimd.Count, left - TSimd.Count));
        (TSimd low, TSimd high) = TSimd.Interleave(sums + values, others);
        low.StorePartial(destination, left);
        high.StorePartial(destination + TSimd.Count, left - TSimd.Count);
    }

    private static void CopyValues(
        float* source, nint sourceStep, int stride, float* destination, nint destinationStep, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < length; j++)
            {
                destination[j] = source[(nint)j * stride];
            }

            source += sourceStep;
            destination += destinationStep;
        }
    }
}
