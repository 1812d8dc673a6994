using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SimdNet.Simd;

/// <summary>What is asked of the caches.</summary>
internal static unsafe class Cache
{
    /// <summary>Asks for the line of a place that will soon be read or written; no place is a wrong one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(place);
        }
    }

    /// <summary>Asks for all lines of a (wide) vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchVector<TSimd>(float* place)
        where TSimd : struct, ISimd<TSimd>
    {
        const int Line = 16;
        Prefetch(place);
        if (TSimd.Count > Line)
        {
            Prefetch(place + Line);
        }

        if (TSimd.Count > 2 * Line)
        {
            Prefetch(place + (2 * Line));
            Prefetch(place + (3 * Line));
        }
    }
}
