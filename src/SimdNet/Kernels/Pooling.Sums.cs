using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Each place's sum of the parts that its windows hand on.</content>
public static unsafe partial class Pooling
{
    /// <summary>Sums the parts of a line's places, of some lines of windows that lie a step apart.</summary>
    private interface ISum
    {
        static abstract void Line<TSimd>(ref readonly Block block, float* parts, nint step, int lines, float* dInput)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>Of the lines from <paramref name="from"/> up to <paramref name="to"/> each place the sum of its parts.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumParts<TSum, TSimd>(
        ref readonly Block block, ref readonly Line axis, int first, int from, int to, float* dInput, int lineStep)
        where TSum : struct, ISum
        where TSimd : struct, ISimd<TSimd>
    {
        nint tapLine = block.Kernel * (nint)block.TapStep, step = block.LineStep - (axis.Stride * tapLine);
        (int lowest, int highest) = axis.Outputs(from, from + 1);
        for (int line = from; line < to; line++, dInput += lineStep)
        {
            while (lowest < axis.Count && axis.End(lowest) <= line)
            {
                lowest++;
            }

            while (highest < axis.Count && axis.Start(highest) <= line)
            {
                highest++;
            }

            float* parts = block.Parts + ((lowest - first) * block.LineStep) + ((line - axis.Start(lowest)) * tapLine);
            TSum.Line<TSimd>(in block, parts, step, highest - lowest, dInput);
        }
    }

    private readonly struct SumSideBySide : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Line<TSimd>(ref readonly Block block, float* parts, nint step, int lines, float* dInput)
            where TSimd : struct, ISimd<TSimd>
        {
            int length = block.Length, count = block.EvenCount;
            nint back = block.TapStep - 1;
            parts += block.EvenPlace;
            for (int i = 0; i < length; i += TSimd.Count)
            {
                TSimd sum = SumOf<TSimd>(parts + i, step, lines, back, count);
                if (length - i >= TSimd.Count)
                {
                    sum.Store(dInput + i);
                }
                else
                {
                    sum.StorePartial(dInput + i, length - i);
                }
            }
        }
    }

    private readonly struct SumPairs : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Line<TSimd>(ref readonly Block block, float* parts, nint step, int lines, float* dInput)
            where TSimd : struct, ISimd<TSimd>
        {
            int length = block.Length, evenCount = block.EvenCount, oddCount = block.OddCount;
            nint back = (2 * (nint)block.TapStep) - 1;
            float* even = parts + block.EvenPlace, odd = parts + block.OddPlace;
            for (int i = 0; 2 * i < length; i += TSimd.Count)
            {
                TSimd evens = SumOf<TSimd>(even + i, step, lines, back, evenCount), odds = SumOf<TSimd>(odd + i, step, lines, back, oddCount);
                StorePairs(evens, odds, dInput + (2 * i), length - (2 * i));
            }
        }
    }

    private readonly struct SumGathered : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Line<TSimd>(ref readonly Block block, float* parts, nint step, int lines, float* dInput)
            where TSimd : struct, ISimd<TSimd>
        {
            int length = block.Length, stride = block.Stride, most = (block.Kernel - 1) / stride;
            uint back = (uint)((stride * block.TapStep) - 1);
            TSimd end = TSimd.BroadcastBits((uint)block.Kernel);
            for (int i = 0; i < length; i += TSimd.Count)
            {
                TSimd sum = TSimd.Zero, first = TSimd.Load(block.Firsts + i), tap = TSimd.Load(block.Taps + i);
                for (int line = 0; line < lines; line++)
                {
                    for (int before = most; before >= 0; before--)
                    {
                        TSimd mask = TSimd.LessThanBits(TSimd.AddBits(tap, TSimd.BroadcastBits((uint)(before * stride))), end);
                        TSimd place = TSimd.AddBits(first, TSimd.BroadcastBits((uint)before * back)) & mask;
                        sum += TSimd.Gather(parts + (line * step), place) & mask;
                    }
                }

                sum.StorePartial(dInput + i, length - i);
            }
        }
    }

    /// <summary>Of each line of windows those from the first to the last; an earlier window is a later tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd SumOf<TSimd>(float* parts, nint step, int lines, nint back, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sum = TSimd.Zero;
        for (int line = 0; line < lines; line++, parts += step)
        {
            float* part = parts;
            for (int i = 0; i < count; i++, part -= back)
            {
                sum += TSimd.Load(part);
            }
        }

        return sum;
    }
}
