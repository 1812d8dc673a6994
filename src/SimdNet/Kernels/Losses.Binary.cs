using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Classification with two classes, the positive and the negative, for each output.</content>
public static unsafe partial class Losses
{
    /// <summary>
    /// Binary cross-entropy of logits, <c>lᵢ = Σⱼ -(p·t·ln σ(x) + (1-t)·ln(1 - σ(x)))</c>, where x is the output, t its target, p the
    /// positive weight; derivative <c>(1-t)·σ(x) - p·t·σ(-x)</c>.
    /// </summary>
    /// <remarks>As PyTorch's BCEWithLogitsLoss, with one pos_weight for all columns.</remarks>
    /// <param name="outputs">[rows, columns], the logits: no sigmoid before them.</param>
    /// <param name="targets">[rows, columns], each from 0 to 1: the probability of the positive class.</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="columns">The number of outputs of a row, 1 or more.</param>
    /// <param name="positiveWeight">What positive targets weigh, above 0; 1 for as much as negative ones.</param>
    /// <param name="reduction">The mean over all elements, or their sum.</param>
    /// <param name="dOutputs">[rows, columns]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <inheritdoc cref="MeanSquaredError" path="/returns|/exception"/>
    public static float BinaryCrossEntropy(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, int columns, float positiveWeight,
        Reduction reduction, Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(columns, nameof(columns));
        Guard.Positive(positiveWeight, nameof(positiveWeight));
        Check(outputs, rowWeights, rowLosses.Length, columns, dOutputs, rowLosses);
        CheckTargets(targets, outputs.Length, dOutputs, rowLosses);
        Guard.Within(targets, 0, 1, nameof(targets));
        return Elements(new LogisticError(positiveWeight), outputs, targets, rowWeights, columns, reduction, dOutputs, rowLosses);
    }

    /// <inheritdoc cref="BinaryCrossEntropy(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, int, float, Reduction, Span{float}, Span{float})"/>
    /// <param name="outputs">[rows], the logits: no sigmoid before them.</param>
    /// <param name="labels">[rows], each 0 (negative) or 1 (positive).</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="positiveWeight">What positive targets weigh, above 0; 1 for as much as negative ones.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <param name="dOutputs">[rows]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    public static float BinaryCrossEntropy(
        ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> rowWeights, float positiveWeight, Reduction reduction,
        Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(positiveWeight, nameof(positiveWeight));
        Check(outputs, rowWeights, labels.Length, columns: 1, dOutputs, rowLosses);
        Guard.Labels(labels, classes: 2, nameof(labels));
        LabelledError<LogisticError> loss = new(new LogisticError(positiveWeight), negative: 0);
        return Elements(loss, outputs, MemoryMarshal.Cast<int, float>(labels), rowWeights, columns: 1, reduction, dOutputs, rowLosses);
    }

    /// <summary>
    /// The hinge loss, <c>lᵢ = max(0, margin - t·x)</c>, where x is the output, t = ±1 its target; derivative -t where that is above 0,
    /// else 0.
    /// </summary>
    /// <remarks>Cortes and Vapnik, Support-vector networks (1995).</remarks>
    /// <param name="outputs">[rows]: the sign predicts the class.</param>
    /// <param name="targets">[rows], each -1 or 1.</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="margin">How far on the right side an output costs nothing, above 0.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <param name="dOutputs">[rows]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <inheritdoc cref="MeanSquaredError" path="/returns|/exception"/>
    public static float Hinge(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, float margin, Reduction reduction,
        Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(margin, nameof(margin));
        Check(outputs, rowWeights, rowLosses.Length, columns: 1, dOutputs, rowLosses);
        CheckTargets(targets, outputs.Length, dOutputs, rowLosses);
        Guard.Signs(targets, nameof(targets));
        return Elements(new HingeError(margin), outputs, targets, rowWeights, columns: 1, reduction, dOutputs, rowLosses);
    }

    /// <inheritdoc cref="Hinge(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, float, Reduction, Span{float}, Span{float})"/>
    /// <param name="outputs">[rows]: the sign predicts the class.</param>
    /// <param name="labels">[rows], each 1 for the positive class, or 0 or -1 for the negative.</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="margin">How far on the right side an output costs nothing, above 0.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <param name="dOutputs">[rows]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    public static float Hinge(
        ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> rowWeights, float margin, Reduction reduction,
        Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(margin, nameof(margin));
        Check(outputs, rowWeights, labels.Length, columns: 1, dOutputs, rowLosses);
        Guard.SignLabels(labels, nameof(labels));
        LabelledError<HingeError> loss = new(new HingeError(margin), negative: -1);
        return Elements(loss, outputs, MemoryMarshal.Cast<int, float>(labels), rowWeights, columns: 1, reduction, dOutputs, rowLosses);
    }

    /// <summary>
    /// <c>(1-t)·softplus(x) + p·t·softplus(-x)</c>, derivative <c>(1-t)·σ(x) - p·t·σ(-x)</c>.
    /// </summary>
    /// <remarks>
    /// With e = exp(-|x|), <c>softplus(x) = max(x, 0) + ln(1 + e)</c>, and σ of ±|x| is 1/(1+e) and e/(1+e). No term is below 0, so
    /// nothing cancels: also a loss near 0 is known to a few roundings, where <c>max(x, 0) - x·t + ln(1 + e)</c> has the errors of x.
    /// </remarks>
    internal readonly struct LogisticError(float positiveWeight) : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd one = TSimd.Broadcast(1), minus = TSimd.Zero - x;
            TSimd e = SimdMath.Exp(TSimd.Lesser(x, minus));
            TSimd likely = one / (one + e), unlikely = e * likely, log = SimdMath.Log1pOfFraction(e);

            TSimd above = TSimd.LessThan(TSimd.Zero, x);
            TSimd negative = one - t, positive = TSimd.Broadcast(positiveWeight) * t;
            TSimd loss = (negative * (TSimd.Greater(TSimd.Zero, x) + log)) + (positive * (TSimd.Greater(TSimd.Zero, minus) + log));
            TSimd up = TSimd.Select(above, likely, unlikely), down = TSimd.Select(above, unlikely, likely);
            return (loss, (negative * up) - (positive * down));
        }
    }

    /// <summary><c>max(0, m - t·x)</c>, derivative <c>-t</c> where that is above 0, else 0; NaN stays.</summary>
    internal readonly struct HingeError(float margin) : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd loss = TSimd.Greater(TSimd.Zero, TSimd.Broadcast(margin) - (t * x));
            return (loss, TSimd.Select(TSimd.LessThan(TSimd.Zero, loss), TSimd.Zero - t, loss));
        }
    }

    /// <summary>A loss whose targets are the bits of labels: 1 above 0, else <paramref name="negative"/>.</summary>
    internal readonly struct LabelledError<TLoss>(TLoss loss, float negative) : IElementLoss
        where TLoss : struct, IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd positive = TSimd.LessThan(TSimd.Zero, TSimd.ConvertBits(t));
            return loss.Invoke(x, TSimd.Select(positive, TSimd.Broadcast(1), TSimd.Broadcast(negative)));
        }
    }
}
