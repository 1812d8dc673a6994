namespace SimdNet.Simd;

/// <summary>A kernel that reduces: it is given the width of the machine and, made of vectors of that width, 32 lanes.</summary>
internal interface ILanesKernel
{
    void Invoke<TSimd, TLanes>()
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ISimd<TLanes>;
}

/// <summary>
/// The lanes of every reduction, as many as <see cref="Loops.Fold{TFold}(TFold, ReadOnlySpan{float})"/> has: a number comes into the same
/// lane at every width.
/// </summary>
internal static class VirtualLanes
{
    public const int Count = 32;

    public static void Invoke<TSimd, TKernel>(ref TKernel kernel)
        where TSimd : struct, ISimd<TSimd>
        where TKernel : struct, ILanesKernel, allows ref struct
    {
        switch (TSimd.Count)
        {
            case 16:
                kernel.Invoke<TSimd, Twice<TSimd>>();
                break;
            case 8:
                kernel.Invoke<TSimd, Twice<Twice<TSimd>>>();
                break;
            case 4:
                kernel.Invoke<TSimd, Twice<Twice<Twice<TSimd>>>>();
                break;
            default:
                throw new PlatformNotSupportedException($"A vector of {TSimd.Count} floats: expected 4, 8 or 16.");
        }
    }
}
