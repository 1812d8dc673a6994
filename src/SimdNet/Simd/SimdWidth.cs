namespace SimdNet.Simd;

/// <summary>Work that is written once for every vector width.</summary>
internal interface ISimdKernel
{
    void Invoke<TSimd>()
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>
/// The one place where a vector width is chosen: the widest that the machine has, or the one that the environment variable
/// <c>SIMDNET_SIMD</c> names (<c>512</c>, <c>256</c> or <c>portable</c>) if the machine has it.
/// </summary>
public static class SimdWidth
{
    private static readonly int s_limit = Environment.GetEnvironmentVariable("SIMDNET_SIMD") switch
    {
        "portable" => 0,
        "256" => 256,
        _ => 512,
    };

    private static bool Use512 => Simd512.IsSupported && s_limit >= 512;

    private static bool Use256 => Simd256.IsSupported && s_limit >= 256;

    /// <summary>The width in use, in bits.</summary>
    public static int Bits => 32 * Lanes;

    /// <summary>The width in use, for a reader.</summary>
    public static string Name => Use512 ? "Vector512 (AVX-512)" : Use256 ? "Vector256 (AVX2, FMA)" : $"Vector<float> ({Bits}-bit)";

    /// <summary>The 32-bit lanes of a vector in use.</summary>
    internal static int Lanes => Use512 ? Simd512.Count : Use256 ? Simd256.Count : SimdPortable.Count;

    /// <summary>Runs the kernel at the width in use. The untaken branches are removed by the JIT.</summary>
    internal static void Invoke<TKernel>(ref TKernel kernel)
        where TKernel : struct, ISimdKernel, allows ref struct
    {
        if (Use512)
        {
            kernel.Invoke<Simd512>();
        }
        else if (Use256)
        {
            kernel.Invoke<Simd256>();
        }
        else
        {
            kernel.Invoke<SimdPortable>();
        }
    }
}
