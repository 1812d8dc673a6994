using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary><c>x ≤ 0 ? slope·x : x</c>; backward <c>y ≤ 0 ? slope·dOutput : dOutput</c>.</summary>
/// <remarks>Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models (2013). PyTorch's LeakyReLU.</remarks>
public readonly struct LeakyReLUOperator : IActivation
{
    private readonly float _slope;

    /// <param name="negativeSlope">The slope below 0; at least 0, so that y has the sign of x, which is what backward reads.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="negativeSlope"/> is negative or not finite.</exception>
    public LeakyReLUOperator(float negativeSlope)
    {
        Guard.NotNegative(negativeSlope, nameof(negativeSlope));
        _slope = negativeSlope;
    }

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => x <= 0 ? _slope * x : x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Select(TSimd.LessThanOrEqual(x, TSimd.Zero), TSimd.Broadcast(_slope) * x, x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> =>
        TSimd.Select(TSimd.LessThanOrEqual(value, TSimd.Zero), TSimd.Broadcast(_slope) * dOutput, dOutput);
}

/// <summary><c>x ≤ 0 ? α·(eˣ - 1) : x</c>; backward <c>y ≤ 0 ? (y + α)·dOutput : dOutput</c>.</summary>
/// <remarks>Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential linear units (2016).</remarks>
public readonly struct ELUOperator : IActivation
{
    private readonly float _alpha;

    /// <param name="alpha">What -y approaches far below 0; above 0, so that y has the sign of x, which is what backward reads.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not a finite number above 0.</exception>
    public ELUOperator(float alpha)
    {
        Guard.Positive(alpha, nameof(alpha));
        _alpha = alpha;
    }

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => x <= 0 ? _alpha * DoubleMath.Expm1(x) : x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => Scaled(x, TSimd.Broadcast(_alpha), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> =>
        TSimd.Select(TSimd.LessThanOrEqual(value, TSimd.Zero), (value + TSimd.Broadcast(_alpha)) * dOutput, dOutput);

    /// <summary><c>x ≤ 0 ? scale·(eˣ - 1) : above</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Scaled<TSimd>(TSimd x, TSimd scale, TSimd above)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd below = scale * SimdMath.Expm1(TSimd.Greater(TSimd.Broadcast(-25), x)); // for x > 88 it is anything, and not taken
        return TSimd.Select(TSimd.LessThanOrEqual(x, TSimd.Zero), below, above);
    }
}

/// <summary><c>λ·(x ≤ 0 ? α·(eˣ - 1) : x)</c>; backward <c>(y ≤ 0 ? y + λα : λ)·dOutput</c>; λ = 1.0507…, α = 1.6732….</summary>
/// <remarks>
/// Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks (2017): λ and α make mean 0 and variance 1 the fixed
/// point of a layer.
/// </remarks>
public readonly struct SELUOperator : IActivation
{
    private const double Lambda = 1.0507009873554804934193349852946, Alpha = 1.6732632423543772848170429916717;

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => Lambda * (x <= 0 ? Alpha * DoubleMath.Expm1(x) : x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> =>
        ELUOperator.Scaled(x, TSimd.Broadcast((float)(Lambda * Alpha)), TSimd.Broadcast((float)Lambda) * x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd below = value + TSimd.Broadcast((float)(Lambda * Alpha));
        return TSimd.Select(TSimd.LessThanOrEqual(value, TSimd.Zero), below, TSimd.Broadcast((float)Lambda)) * dOutput;
    }
}
