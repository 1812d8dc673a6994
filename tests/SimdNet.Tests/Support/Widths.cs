using SimdNet.Simd;

namespace SimdNet.Tests.Support;

/// <summary>Every vector width of this machine, in one process.</summary>
internal static partial class Widths
{
    public static void Each<TKernel>(ref TKernel kernel)
        where TKernel : struct, ISimdKernel, allows ref struct
    {
        if (Simd512.IsSupported)
        {
            kernel.Invoke<Simd512>();
        }

        if (Simd256.IsSupported)
        {
            kernel.Invoke<Simd256>();
        }

        kernel.Invoke<SimdPortable>();
    }

    /// <summary>Also the vectors that are made of several.</summary>
    public static void EachAndTwice<TKernel>(ref TKernel kernel)
        where TKernel : struct, ISimdKernel, allows ref struct
    {
        Each(ref kernel);
        kernel.Invoke<Twice<SimdPortable>>();
        kernel.Invoke<Twice<Twice<SimdPortable>>>();
        if (Simd512.IsSupported)
        {
            kernel.Invoke<Twice<Simd512>>();
        }
    }
}
