using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// An activation <c>y = f(x)</c> and its backward form. To add one: a <c>readonly struct</c> here with its two formulas, and a layer of
/// its name.
/// </summary>
public interface IActivation : IUnaryOperator
{
    /// <summary>
    /// Whether <see cref="Backward"/> takes the output y: then x need not be kept, and a product may end in the activation also in
    /// training. Otherwise it takes the input x.
    /// </summary>
    static abstract bool BackwardTakesOutput { get; }

    /// <summary>The same formula in double precision; what a gradient check differentiates.</summary>
    double Invoke(double x);

    /// <summary><c>dInput = dOutput·f'(x)</c></summary>
    /// <param name="value">y or x, as <see cref="BackwardTakesOutput"/> says.</param>
    /// <param name="dOutput">The gradient with respect to y.</param>
    TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary><c>dInput = activation.Backward(value, dOutput)</c> for <c>Loops.Zip</c>, in place on either operand.</summary>
/// <typeparam name="TActivation">The activation.</typeparam>
/// <param name="activation">The activation.</param>
public readonly struct ActivationBackward<TActivation>(TActivation activation) : IBinaryOperator
    where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x, TSimd y)
        where TSimd : struct, ISimd<TSimd> => activation.Backward(x, y);
}

/// <summary><c>y = activation(x₁ + x₂)</c> for <c>Loops.Zip</c>, in place on either operand.</summary>
/// <typeparam name="TActivation">The activation.</typeparam>
/// <param name="activation">The activation.</param>
public readonly struct ActivationOfSum<TActivation>(TActivation activation) : IBinaryOperator
    where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x, TSimd y)
        where TSimd : struct, ISimd<TSimd> => activation.Invoke(x + y);
}

/// <summary><c>x ≤ 0 ? 0 : x</c>, so -0 gives 0, and NaN stays; backward <c>y ≤ 0 ? 0 : dOutput</c>.</summary>
/// <remarks>Nair and Hinton, Rectified linear units improve restricted Boltzmann machines (2010). At 0 the derivative is 0.</remarks>
public readonly struct ReLUOperator : IActivation
{
    /// <inheritdoc/>
    public static bool BackwardTakesOutput => true;

    /// <inheritdoc/>
    public double Invoke(double x) => x <= 0 ? 0 : x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Greater(TSimd.Zero, x) + TSimd.Zero; // of two zeros it is x

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> => TSimd.Select(TSimd.LessThanOrEqual(value, TSimd.Zero), TSimd.Zero, dOutput);
}
