using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <content>The functions that rise from one bound to another: logistic, hyperbolic tangent, error function.</content>
public static partial class SimdMath
{
    /// <summary>
    /// <c>1/(1 + e⁻ˣ)</c>, within 2 ULP of the correctly rounded value for every float; denormal below -87.33, 0 below -103.97.
    /// </summary>
    /// <remarks>
    /// As <c>eˣ/(1 + eˣ)</c>: for negative x it keeps the accuracy of eˣ down to the denormals, and for positive x an error of eˣ hardly
    /// matters. From 17.33 on it is 1.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Sigmoid<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd power = ExpOfBounded(TSimd.Lesser(TSimd.Broadcast(20), TSimd.Greater(TSimd.Broadcast(-104), x)));
        return power / (power + TSimd.Broadcast(1));
    }

    /// <summary><c>tanh x</c>, within 2 ULP of the correctly rounded value for every float; ±1 beyond ±9.02, and -0 of -0.</summary>
    /// <remarks>
    /// <c>tanh(-|x|) = E/(E + 2)</c>, E = e^(-2|x|) - 1. With E = e^(2|x|) - 1 for tanh |x|, 73 values near 0.03 were off by 3 ULP: E + 2 just
    /// above 2 loses twice what it loses just below.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Tanh<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd minus = TSimd.Greater(TSimd.Broadcast(-10), SignBit<TSimd>() | x);
        TSimd e = Expm1(minus + minus);
        return TSimd.Select(SignBit<TSimd>(), x, e / (e + TSimd.Broadcast(2)));
    }

    /// <summary>
    /// <c>erf x = 2/√π·∫₀ˣ exp(-t²) dt</c>, within 2 ULP of the correctly rounded value for every float; ±1 beyond ±3.92, and -0 of -0.
    /// </summary>
    /// <remarks><c>erf |x| = 1 - exp(ln erfc |x|)</c>: the exponent is smooth and 0 at 0, and nothing cancels.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Erf<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd minus = TSimd.Greater(TSimd.Broadcast(-ErfBound), SignBit<TSimd>() | x);
        return TSimd.Select(SignBit<TSimd>(), x, Expm1(LogErfc(minus)));
    }

    /// <summary>Where erf rounds to 1.</summary>
    private const float ErfBound = 3.925f;

    /// <summary><c>ln erfc(-x) = ln(1 - erf(-x))</c> for -<see cref="ErfBound"/> ≤ x ≤ 0, or NaN.</summary>
    /// <remarks>
    /// <c>x + x·p(x)</c>: so that the rounding of 2/√π, the slope at 0, does not matter. It adds 2^-27.8 to the relative error of erf.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd LogErfc<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd p = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-9.3972485e-6f), x, TSimd.Broadcast(-1.18922871e-4f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(-6.37507823e-4f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(-1.67582126e-3f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(-1.69564126e-4f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(1.91478152e-2f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(0.102776304f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(-0.636619568f));
        p = TSimd.FusedMultiplyAdd(p, x, TSimd.Broadcast(0.128379166f));
        return TSimd.FusedMultiplyAdd(p, x, x);
    }

    /// <summary>-0: the sign bit alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd SignBit<TSimd>()
        where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(-0f);
}

/// <summary><c>erf x</c>: <see cref="SimdMath.Erf"/> for <c>Loops.Map</c>.</summary>
public readonly struct Erf : IUnaryOperator
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.Erf(x);
}
