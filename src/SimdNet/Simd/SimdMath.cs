using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <summary>
/// Elementary functions in float arithmetic alone. Every operation is exact IEEE 754 or defined on the bits, so a function has the same
/// bits in every lane of every width and on every machine. Tests tagged explicit compare all 2³² arguments: each function names its worst.
/// </summary>
/// <remarks>
/// The coefficients are minimax polynomials, by the Remez exchange at 120 bits or more: one coefficient is rounded to float, then the
/// others are fitted again around it, and so on. Horner's rule: the next vectors fill the waiting.
/// </remarks>
public static partial class SimdMath
{
    /// <summary>The high part of ln 2, the nearest float.</summary>
    private const float Ln2High = 0.693147182f;

    /// <summary><c>ln 2 - Ln2High</c>.</summary>
    private const float Ln2Low = -1.90465421e-9f;

    /// <summary>Near 1.5·2²³ a float has no fraction: adding it rounds, and leaves the integer in the low bits.</summary>
    private const float Rounding = 12582912;

    /// <summary>
    /// <c>eˣ</c>, within 1 ULP of the correctly rounded value for every float; ∞ above 88.72, denormal below -87.33, 0 below -103.97.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Exp<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        // Beyond the bounds the result is 0 or ∞ all the same, and n stays small. NaN is neither lesser nor greater, and stays.
        return ExpOfBounded(TSimd.Lesser(TSimd.Broadcast(89), TSimd.Greater(TSimd.Broadcast(-104), x)));
    }

    /// <summary><see cref="Exp"/> for -104 ≤ x ≤ 89, or NaN.</summary>
    /// <remarks>
    /// <c>x = n·ln 2 + r</c> with |r| ≤ ln 2/2; <c>eˣ = 2ⁿ·(1 + r + r²·q(r))</c>. The relative error of the polynomial is 2^-28.2.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd ExpOfBounded<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd n = TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(1.44269502f), TSimd.Broadcast(Rounding)) - TSimd.Broadcast(Rounding);
        TSimd r = Reduced(x, n), one = TSimd.Broadcast(1);
        return TSimd.Scale(TSimd.FusedMultiplyAdd(TSimd.FusedMultiplyAdd(Exp2ndOrder(r), r, one), r, one), n);
    }

    /// <summary><c>eˣ - 1</c> for -25 ≤ x ≤ 88, or NaN, within 1 ULP of the correctly rounded value; -1 below -17.33.</summary>
    /// <remarks>
    /// With x and r as in <see cref="ExpOfBounded"/>, <c>eˣ - 1 = 2ⁿ·(r + r²·q(r)) + (2ⁿ - 1)</c>: nothing cancels near 0, where n = 0.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Expm1<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd shift = TSimd.Broadcast(Rounding + 127);
        TSimd shifted = TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(1.44269502f), shift);
        TSimd power = TSimd.ShiftLeftBits(shifted, 23); // the low bits hold n + 127, the exponent field of 2ⁿ
        TSimd r = Reduced(x, shifted - shift);
        return TSimd.FusedMultiplyAdd(power, TSimd.FusedMultiplyAdd(Exp2ndOrder(r), r * r, r), power - TSimd.Broadcast(1));
    }

    /// <summary><see cref="ISimd{TSelf}.Scale"/> where there is no instruction for it.</summary>
    /// <remarks>Two powers of two, n/2 each, because 2ⁿ itself may overflow or be denormal; the second product alone may round.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd ScaleInTwoSteps<TSimd>(TSimd a, TSimd n)
        where TSimd : struct, ISimd<TSimd>
    {
        // The low bits hold n + 254, twice the bias: half of it, as an exponent field, is 2^⌊n/2⌋, and the rest of it 2^⌈n/2⌉.
        TSimd shifted = n + TSimd.Broadcast(Rounding + 254);
        TSimd half = TSimd.ShiftLeftBits(TSimd.ShiftRightBits(shifted, 1), 23);
        TSimd rest = TSimd.SubtractBits(TSimd.ShiftLeftBits(shifted, 23), half);
        return a * half * rest;
    }

    /// <summary><c>r = x - n·ln 2</c>.</summary>
    /// <remarks>
    /// n·Ln2High leaves x without an error: both are multiples of 2⁻²⁵, and so is the difference, which is less than ½.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Reduced<TSimd>(TSimd x, TSimd n)
        where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(
            n, TSimd.Broadcast(-Ln2Low), TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2High), x));

    /// <summary><c>q(r) = (eʳ - 1 - r)/r²</c> for |r| ≤ ln 2/2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Exp2ndOrder<TSimd>(TSimd r)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd q = TSimd.FusedMultiplyAdd(TSimd.Broadcast(1.38388120e-3f), r, TSimd.Broadcast(8.36919248e-3f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(4.16681021e-2f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(0.166665167f));
        return TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(0.49999994f));
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
