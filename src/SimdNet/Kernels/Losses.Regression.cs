using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Regression: a number for each output is to be met.</content>
public static unsafe partial class Losses
{
    /// <summary>Mean squared error, <c>lᵢ = Σⱼ d²</c>, where d = output - target; derivative 2d.</summary>
    /// <remarks>As PyTorch's MSELoss.</remarks>
    /// <param name="outputs">[rows, columns].</param>
    /// <param name="targets">[rows, columns].</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="columns">The number of outputs of a row, 1 or more.</param>
    /// <param name="reduction">The mean over all elements, or their sum.</param>
    /// <param name="dOutputs">[rows, columns]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <returns>The loss; 0 of no rows.</returns>
    /// <exception cref="ArgumentException">A length does not fit, a value is out of range, or spans overlap that may not.</exception>
    public static float MeanSquaredError(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, int columns, Reduction reduction,
        Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(columns, nameof(columns));
        Check(outputs, rowWeights, rowLosses.Length, columns, dOutputs, rowLosses);
        CheckTargets(targets, outputs.Length, dOutputs, rowLosses);
        return Elements(default(SquaredError), outputs, targets, rowWeights, columns, reduction, dOutputs, rowLosses);
    }

    /// <summary>Mean absolute error, <c>lᵢ = Σⱼ |d|</c>, where d = output - target; derivative the sign of d, 0 at d = 0.</summary>
    /// <remarks>As PyTorch's L1Loss.</remarks>
    /// <inheritdoc cref="MeanSquaredError" path="/param|/returns|/exception"/>
    public static float MeanAbsoluteError(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, int columns, Reduction reduction,
        Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(columns, nameof(columns));
        Check(outputs, rowWeights, rowLosses.Length, columns, dOutputs, rowLosses);
        CheckTargets(targets, outputs.Length, dOutputs, rowLosses);
        return Elements(default(AbsoluteError), outputs, targets, rowWeights, columns, reduction, dOutputs, rowLosses);
    }

    /// <summary>
    /// Huber's loss, <c>lᵢ = Σⱼ d²/2</c> where |d| ≤ δ, else <c>δ·(|d| - δ/2)</c>, with d = output - target; derivative d, held in [-δ, δ].
    /// </summary>
    /// <remarks>Huber, Robust estimation of a location parameter (1964). As PyTorch's HuberLoss.</remarks>
    /// <param name="outputs">[rows, columns].</param>
    /// <param name="targets">[rows, columns].</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="columns">The number of outputs of a row, 1 or more.</param>
    /// <param name="delta">δ, above 0: where the parabola becomes a line.</param>
    /// <param name="reduction">The mean over all elements, or their sum.</param>
    /// <param name="dOutputs">[rows, columns]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <inheritdoc cref="MeanSquaredError" path="/returns|/exception"/>
    public static float Huber(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, int columns, float delta,
        Reduction reduction, Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(columns, nameof(columns));
        Guard.Positive(delta, nameof(delta));
        Check(outputs, rowWeights, rowLosses.Length, columns, dOutputs, rowLosses);
        CheckTargets(targets, outputs.Length, dOutputs, rowLosses);
        return Elements(new HuberError(delta), outputs, targets, rowWeights, columns, reduction, dOutputs, rowLosses);
    }

    /// <summary><c>d²</c>, derivative <c>2d</c>, where d = x - t.</summary>
    internal readonly struct SquaredError : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd d = x - t;
            return (d * d, d + d);
        }
    }

    /// <summary><c>|d|</c>, derivative <c>1</c> with the sign of d, or d itself where it is 0 or NaN; d = x - t.</summary>
    internal readonly struct AbsoluteError : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd d = x - t, size = TSimd.Abs(d);
            TSimd signed = (d & TSimd.BroadcastBits(0x8000_0000)) | TSimd.Broadcast(1);
            return (size, TSimd.Select(TSimd.LessThan(TSimd.Zero, size), signed, d));
        }
    }

    /// <summary><c>c·(d - c/2)</c>, derivative <c>c</c>, where d = x - t, and c is d held in [-δ, δ].</summary>
    internal readonly struct HuberError(float delta) : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd d = x - t;
            TSimd c = TSimd.Greater(TSimd.Broadcast(-delta), TSimd.Lesser(TSimd.Broadcast(delta), d));
            return (c * TSimd.FusedMultiplyAdd(TSimd.Broadcast(-0.5f), c, d), c);
        }
    }
}
