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
}
