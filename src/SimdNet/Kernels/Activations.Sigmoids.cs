using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary><c>σ(x) = 1/(1 + e⁻ˣ)</c>, <see cref="SimdMath.Sigmoid"/>; backward <c>y·(1 - y)·dOutput</c>.</summary>
public readonly struct SigmoidOperator : IActivation
{
    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => DoubleMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> => value * (TSimd.Broadcast(1) - value) * dOutput;
}

/// <summary><c>min(max(x + 3, 0), 6)/6</c>; backward <c>0 &lt; y &lt; 1 ? dOutput/6 : 0</c>.</summary>
/// <remarks>PyTorch's Hardsigmoid, ONNX's HardSigmoid of α = 1/6; Howard et al., Searching for MobileNetV3 (2019).</remarks>
public readonly struct HardSigmoidOperator : IActivation
{
    private const float Slope = 1f / 6;

    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => Math.Min(Math.Max(x + 3, 0), 6) / 6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> =>
        TSimd.Lesser(TSimd.Broadcast(6), TSimd.Greater(TSimd.Zero, x + TSimd.Broadcast(3))) * TSimd.Broadcast(Slope);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd inside = TSimd.LessThan(TSimd.Zero, value) & TSimd.LessThan(value, TSimd.Broadcast(1));
        return inside & (dOutput * TSimd.Broadcast(Slope));
    }
}

/// <summary><c>tanh x</c>, <see cref="SimdMath.Tanh"/>; backward <c>(1 - y²)·dOutput</c>.</summary>
public readonly struct TanhOperator : IActivation
{
    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => Math.Tanh(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.Tanh(x);

    /// <inheritdoc/>
    /// <remarks>As <c>(1 - y)(1 + y)</c>: near y = ±1 the difference has no error, where that of 1 and y² has lost its digits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> => (TSimd.Broadcast(1) - value) * (TSimd.Broadcast(1) + value) * dOutput;
}

/// <summary><c>ln(1 + eˣ)</c>; backward <c>σ(x)·dOutput = (1 - e⁻ʸ)·dOutput</c>.</summary>
/// <remarks>
/// As <c>max(x, 0) + ln(1 + exp(-|x|))</c>: no exponential overflows, and far below 0 it is eˣ to the last digit. Dugas et al.,
/// Incorporating second-order functional knowledge for better option pricing (2001).
/// </remarks>
public readonly struct SoftplusOperator : IActivation
{
    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => Math.Max(x, 0) + DoubleMath.Log1p(Math.Exp(-Math.Abs(x)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd minus = TSimd.Greater(TSimd.Broadcast(-104), x | SimdMath.SignBit<TSimd>());
        return TSimd.Greater(TSimd.Zero, x) + SimdMath.Log1pOfFraction(SimdMath.ExpOfBounded(minus));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> =>
        SimdMath.Expm1(TSimd.Greater(TSimd.Broadcast(-25), TSimd.Zero - value)) * (TSimd.Zero - dOutput);
}
