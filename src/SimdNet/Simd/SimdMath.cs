using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <summary>
/// Elementary functions in float arithmetic alone. Every operation is exact IEEE 754 or defined on the bits, so a function has the same
/// bits in every lane of every width and on every machine. A test tagged explicit compares all 2³² arguments: the worst is 1 ULP.
/// </summary>
/// <remarks>
/// The coefficients are minimax polynomials, by the Remez exchange at 200 bits: the leading coefficient is rounded to float, then the
/// others are fitted again around it, and so on. Horner's rule: the next vectors fill the waiting.
/// </remarks>
public static class SimdMath
{
    /// <summary>The high part of ln 2, the nearest float.</summary>
    private const float Ln2High = 0.693147182f;

    /// <summary><c>ln 2 - Ln2High</c>.</summary>
    private const float Ln2Low = -1.90465421e-9f;

    /// <summary>
    /// <c>eˣ</c>, within 1 ULP of the correctly rounded value for every float; ∞ above 88.72, denormal below -87.33, 0 below -103.97.
    /// </summary>
    /// <remarks>
    /// <c>x = n·ln 2 + r</c> with |r| ≤ ln 2/2; <c>eˣ = 2ⁿ·(1 + r + r²·q(r))</c>. The relative error of the polynomial is 2^-28.2.
    /// n·Ln2High leaves x without an error: both are multiples of 2⁻²⁵, and so is the difference, which is less than ½. 2ⁿ is applied as
    /// two powers of two, n/2 each, because 2ⁿ itself may overflow or be denormal; the second product alone may round.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Exp<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Beyond the bounds the result is 0 or ∞ all the same, and n stays small. NaN is neither lesser nor greater, and stays.
        x = TSimd.Lesser(TSimd.Broadcast(89), TSimd.Greater(TSimd.Broadcast(-104), x));

        // Near 1.5·2²³ a float has no fraction: adding it rounds, and leaves the integer in the low bits; 254 is twice the exponent's bias.
        TSimd shift = TSimd.Broadcast(12582912f + 254);
        TSimd shifted = TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(1.44269502f), shift);
        TSimd n = shifted - shift;
        TSimd r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2High), x);
        r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2Low), r);

        TSimd q = TSimd.FusedMultiplyAdd(TSimd.Broadcast(1.38388120e-3f), r, TSimd.Broadcast(8.36919248e-3f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(4.16681021e-2f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(0.166665167f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(0.49999994f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(1));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(1));

        // The low bits hold n + 254: half of it, as an exponent, is 2^⌊n/2⌋, and the rest of it 2^⌈n/2⌉.
        TSimd half = TSimd.ShiftLeftBits(TSimd.ShiftRightBits(shifted, 1), 23);
        TSimd rest = TSimd.SubtractBits(TSimd.ShiftLeftBits(shifted, 23), half);
        return q * half * rest;
    }

    /// <summary><c>ln x</c>, within 1 ULP of the correctly rounded value for every float; -∞ of ±0, NaN below 0.</summary>
    /// <remarks>
    /// <c>x = m·2ᵉ</c> with √½ ≤ m &lt; √2, f = m - 1; <c>ln x = e·ln 2 + f - f²/2 + f³·p(f)</c>. The relative error of the polynomial is
    /// 2^-28.8. Both e·Ln2High and f are multiples of 2⁻²⁴, and so is all that their sum may lose.
    /// </remarks>
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
        TSimd result = sum + TSimd.FusedMultiplyAdd(p, f * f, TSimd.FusedMultiplyAdd(e, TSimd.Broadcast(Ln2Low), lost));

        result = TSimd.Select(TSimd.LessThan(x, TSimd.Broadcast(float.PositiveInfinity)), result, x);
        result = TSimd.Select(TSimd.LessThan(x, TSimd.Zero), TSimd.Broadcast(float.NaN), result);
        return TSimd.Select(TSimd.Equal(x, TSimd.Zero), TSimd.Broadcast(float.NegativeInfinity), result);
    }
}

/// <summary><c>eˣ</c>: <see cref="SimdMath.Exp"/> for <c>Loops.Map</c>.</summary>
public readonly struct Exp : IUnaryOperator
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.Exp(x);
}

/// <summary><c>ln x</c>: <see cref="SimdMath.Log"/> for <c>Loops.Map</c>.</summary>
public readonly struct Log : IUnaryOperator
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.Log(x);
}
