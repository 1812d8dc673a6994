using System.Numerics;
using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// A sum that threads share: cut into parts, a matter of the sizes alone, each summed by whichever thread; then what the parts have come to is added in
/// order.
/// </summary>
internal static unsafe class Parts
{
    private const int Largest = 8;

    /// <summary>The values of all parts: 2 MiB of them. They are written and read once more, which is to be little beside what makes them.</summary>
    private const int Room = 1 << 19;

    /// <summary>The most parts of sums of so many values: a power of two, which two threads and four share evenly.</summary>
    public static int Most(int length) => 1 << BitOperations.Log2((uint)Math.Clamp(Room / Math.Max(1, length), 1, Largest));

    /// <summary>The parts of so many pieces of work: at most <paramref name="most"/>.</summary>
    public static int Count(int most, long pieces)
    {
        while (most > pieces && most > 1)
        {
            most /= 2;
        }

        return most;
    }

    /// <summary>The first of so many pieces of a part.</summary>
    public static int Start(int part, int parts, int pieces) => (int)((long)pieces * part / parts);

    /// <summary>Adds the parts, <paramref name="step"/> from each to the next, to the first of them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add<TSimd>(float* sums, nint step, int parts, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < length && parts > 1; j += TSimd.Count)
        {
            TSimd sum = TSimd.LoadPartial(sums + j, length - j);
            for (int part = 1; part < parts; part++)
            {
                sum += TSimd.LoadPartial(sums + (part * step) + j, length - j);
            }

            sum.StorePartial(sums + j, length - j);
        }
    }
}
