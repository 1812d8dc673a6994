using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary><c>x·σ(x)</c>; backward <c>σ(x)·(1 + x·(1 - σ(x)))·dOutput</c>. -∞ gives -0, the limit.</summary>
/// <remarks>Elfwing, Uchibe and Doya, Sigmoid-weighted linear units (2018). Also called Swish.</remarks>
public readonly struct SiLUOperator : IActivation
{
    private const float Bound = 104; // beyond it σ is 0 or 1

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => false;

    /// <inheritdoc/>
    public double Invoke(double x) => x * DoubleMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        x = TSimd.Greater(TSimd.Broadcast(-Bound), x);
        return x * SimdMath.Sigmoid(x);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd x = TSimd.Lesser(TSimd.Broadcast(Bound), TSimd.Greater(TSimd.Broadcast(-Bound), value)), one = TSimd.Broadcast(1);
        TSimd gate = SimdMath.Sigmoid(x);
        return gate * TSimd.FusedMultiplyAdd(x, one - gate, one) * dOutput;
    }
}

/// <summary>
/// <c>x·Φ(x)</c>, Φ(x) = ½(1 + erf(x/√2)), the normal distribution; backward <c>(Φ(x) + x·φ(x))·dOutput</c>, φ(x) = exp(-x²/2)/√(2π).
/// </summary>
/// <remarks>
/// As <c>max(x, 0) - |x|·Φ(-|x|)</c>, where nothing cancels for negative x. Beyond |x| = 5.55, where Φ(-|x|) is below 2⁻²⁶, it is 0.
/// Hendrycks and Gimpel, Gaussian error linear units (2016). PyTorch's GELU.
/// </remarks>
public readonly struct GELUOperator : IActivation
{
    private const float NormalPeak = 0.39894228f; // 1/√(2π)
    private const float Bound = 5.55f, Far = 14.4f; // φ(Far) is 0

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => false;

    /// <inheritdoc/>
    public double Invoke(double x) => x * (0.5 * (1 + DoubleMath.Erf(x * Math.Sqrt(0.5))));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd magnitude = TSimd.Lesser(TSimd.Broadcast(Bound), TSimd.Abs(x));
        return TSimd.FusedMultiplyAdd(Within(magnitude, magnitude), TwoTails(magnitude), TSimd.Greater(TSimd.Zero, x));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd magnitude = TSimd.Lesser(TSimd.Broadcast(Bound), TSimd.Abs(value));
        TSimd tail = TSimd.Zero - (Within(magnitude, TSimd.Broadcast(1)) * TwoTails(magnitude));
        TSimd gate = TSimd.Select(TSimd.LessThan(value, TSimd.Zero), tail, TSimd.Broadcast(1) - tail);
        TSimd x = TSimd.Lesser(TSimd.Broadcast(Far), TSimd.Greater(TSimd.Broadcast(-Far), value));
        TSimd density = SimdMath.ExpOfBounded(TSimd.Broadcast(-0.5f) * x * x) * TSimd.Broadcast(NormalPeak);
        return TSimd.FusedMultiplyAdd(x, density, gate) * dOutput;
    }

    /// <summary><c>-½·value</c> where <paramref name="x"/> is less than <see cref="Bound"/>, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Within<TSimd>(TSimd x, TSimd value)
        where TSimd : struct, ISimd<TSimd> =>
        TSimd.Select(TSimd.Equal(x, TSimd.Broadcast(Bound)), TSimd.Zero, TSimd.Broadcast(-0.5f) * value);

    /// <summary><c>2Φ(-x) = erfc(x/√2)</c> for 0 ≤ x ≤ <see cref="Bound"/>, to 2^-20.4 of itself.</summary>
    /// <remarks>
    /// <c>exp(x·q(x))</c>, q a minimax polynomial for ln erfc(x/√2)/x. Its terms are paired, not nested: a chain of eight multiply-adds more
    /// waiting than the next vectors fill (measured at 64 Ki: 3.1 instead of 4 G elements/s).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd TwoTails<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd square = x * x, fourth = square * square;
        TSimd q0 = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-0.318173468f), x, TSimd.Broadcast(-0.797901928f));
        TSimd q2 = TSimd.FusedMultiplyAdd(TSimd.Broadcast(5.27565973e-3f), x, TSimd.Broadcast(-3.67056243e-2f));
        TSimd q4 = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-4.82932555e-5f), x, TSimd.Broadcast(-3.34361568e-4f));
        TSimd q6 = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-1.42508213e-6f), x, TSimd.Broadcast(1.4240145e-5f));
        TSimd upper = TSimd.FusedMultiplyAdd(q6, square, TSimd.FusedMultiplyAdd(TSimd.Broadcast(5.45459038e-8f), fourth, q4));
        return SimdMath.ExpOfBounded(TSimd.FusedMultiplyAdd(upper, fourth, TSimd.FusedMultiplyAdd(q2, square, q0)) * x);
    }
}

/// <summary>
/// <c>½x·(1 + tanh(√(2/π)·(x + 0.044715x³))) = x·σ(v)</c>, v = x·(a + b·x²), a = 2√(2/π), b = 0.044715a; backward
/// <c>σ(v)·(1 + x·(1 - σ(v))·(a + 3b·x²))·dOutput</c>.
/// </summary>
/// <remarks>Hendrycks and Gimpel, Gaussian error linear units (2016), section 2. PyTorch's GELU(approximate='tanh').</remarks>
public readonly struct GELUTanhOperator : IActivation
{
    private const double A = 1.5957691216057307118, B = 0.044715 * A;
    private const float Bound = 16; // beyond it σ(v) is 0 or 1

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => false;

    /// <inheritdoc/>
    public double Invoke(double x) => x * DoubleMath.Sigmoid(x * (A + (B * x * x)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        x = TSimd.Greater(TSimd.Broadcast(-Bound), x);
        return x * Gate(x, x * x);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd x = TSimd.Lesser(TSimd.Broadcast(Bound), TSimd.Greater(TSimd.Broadcast(-Bound), value)), one = TSimd.Broadcast(1);
        TSimd square = x * x, gate = Gate(x, square);
        TSimd slope = TSimd.FusedMultiplyAdd(square, TSimd.Broadcast((float)(3 * B)), TSimd.Broadcast((float)A));
        return gate * TSimd.FusedMultiplyAdd(x * (one - gate), slope, one) * dOutput;
    }

    /// <summary><c>σ(x·(a + b·x²))</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Gate<TSimd>(TSimd x, TSimd square)
        where TSimd : struct, ISimd<TSimd> =>
        SimdMath.Sigmoid(x * TSimd.FusedMultiplyAdd(square, TSimd.Broadcast((float)B), TSimd.Broadcast((float)A)));
}
