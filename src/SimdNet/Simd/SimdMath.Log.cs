using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <content>Logarithms.</content>
public static partial class SimdMath
{
    /// <summary><c>ln x</c>, within 1 ULP of the correctly rounded value for every float; -∞ of ±0, NaN below 0.</summary>
    /// <remarks><c>x = m·2ᵉ</c> with √½ ≤ m &lt; √2, f = m - 1.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Log<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // A denormal is made normal by 2²³.
        TSimd denormal = TSimd.LessThan(x, TSimd.Broadcast(1.17549435e-38f));
        TSimd normal = TSimd.Select(denormal, x * TSimd.Broadcast(8388608f), x);

        // The exponent field steps where the bits pass those of √½, moved to a power of two.
        TSimd root = TSimd.BroadcastBits(0x3F35_04F3), one = TSimd.Broadcast(1);
        TSimd bits = TSimd.AddBits(normal, TSimd.SubtractBits(one, root));
        TSimd bias = TSimd.Select(denormal, TSimd.Broadcast(127 + 23), TSimd.Broadcast(127));
        TSimd e = TSimd.ConvertBits(TSimd.ShiftRightBits(bits, 23)) - bias;
        TSimd f = TSimd.AddBits(bits & TSimd.BroadcastBits(0x007F_FFFF), root) - one;
        TSimd result = LogOfParts(e, f);

        result = TSimd.Select(TSimd.LessThan(x, TSimd.Broadcast(float.PositiveInfinity)), result, x);
        result = TSimd.Select(TSimd.LessThan(x, TSimd.Zero), TSimd.Broadcast(float.NaN), result);
        return TSimd.Select(TSimd.Equal(x, TSimd.Zero), TSimd.Broadcast(float.NegativeInfinity), result);
    }

    /// <summary><c>ln(1 + x)</c> for 0 ≤ x ≤ 1, or NaN, within 1 ULP of the correctly rounded value: no x is lost beside the 1.</summary>
    /// <remarks>1 + x is <c>1 + f</c> up to √2, and <c>2·(1 + f)</c> above.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Log1pOfFraction<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd above = TSimd.LessThan(TSimd.Broadcast(0.414213562f), x), half = TSimd.Broadcast(0.5f);
        return LogOfParts(above & TSimd.Broadcast(1), TSimd.Select(above, TSimd.FusedMultiplyAdd(x, half, TSimd.Zero - half), x));
    }

    /// <summary><c>ln(2ᵉ·(1 + f)) = e·ln 2 + f - f²/2 + f³·p(f)</c> for √½ - 1 ≤ f &lt; √2 - 1.</summary>
    /// <remarks>
    /// The relative error of the polynomial is 2^-28.8. Both e·Ln2High and f are multiples of 2⁻²⁴, and so is all that their sum may lose.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd LogOfParts<TSimd>(TSimd e, TSimd f)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd p = TSimd.FusedMultiplyAdd(TSimd.Broadcast(5.35460413e-2f), f, TSimd.Broadcast(-0.109210923f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(0.121076591f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(-0.125495464f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(0.142096385f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(-0.166593730f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(0.200022221f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(-0.250001669f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(0.333333135f));
        p = TSimd.FusedMultiplyAdd(p, f, TSimd.Broadcast(-0.5f));

        // What the largest sum rounds away is recovered without an error, and added to the small terms: without it 2 ULP occur.
        TSimd sum = TSimd.FusedMultiplyAdd(e, TSimd.Broadcast(Ln2High), f);
        TSimd lost = f - TSimd.FusedMultiplyAdd(e, TSimd.Broadcast(-Ln2High), sum);
        return sum + TSimd.FusedMultiplyAdd(p, f * f, TSimd.FusedMultiplyAdd(e, TSimd.Broadcast(Ln2Low), lost));
    }
}

/// <summary><c>ln x</c>: <see cref="SimdMath.Log"/> for <c>Loops.Map</c>.</summary>
public readonly struct Log : IUnaryOperator
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.Log(x);
}
