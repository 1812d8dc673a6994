using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Classification by probabilities: a target for each class.</content>
public static unsafe partial class Losses
{
    /// <summary>
    /// Softmax cross-entropy with soft targets, <c>lᵢ = -Σⱼ cⱼ·qⱼ·ln pⱼ</c>, where p = softmax(logits) of the row, c the class weights,
    /// and <c>q = (1-ε)·target + ε/K</c> for K classes and the label smoothing ε.
    /// </summary>
    /// <remarks>As PyTorch's CrossEntropyLoss: the mean divides by the number of rows, or by Σ wᵢ, whatever the classes weigh.</remarks>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">[rows, classes], each from 0 to 1. A row is a distribution, though its sum is taken as it is.</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="classWeights">[classes], each finite and 0 or more, not all 0; or empty: each class weighs 1.</param>
    /// <param name="classes">K, 1 or more.</param>
    /// <param name="labelSmoothing">ε, at least 0 and less than 1.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <param name="dLogits">[rows, classes]; may start where <paramref name="logits"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <inheritdoc cref="MeanSquaredError" path="/returns|/exception"/>
    public static float SoftmaxCrossEntropy(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, ReadOnlySpan<float> classWeights,
        int classes, float labelSmoothing, Reduction reduction, Span<float> dLogits, Span<float> rowLosses)
    {
        Guard.Positive(classes, nameof(classes));
        CheckClasses(classWeights, classes, labelSmoothing, dLogits, rowLosses);
        Check(logits, rowWeights, rowLosses.Length, classes, dLogits, rowLosses, nameof(logits), nameof(dLogits));
        CheckTargets(targets, logits.Length, dLogits, rowLosses, nameof(dLogits));
        Guard.Within(targets, 0, 1, nameof(targets));
        if (rowLosses.IsEmpty)
        {
            return 0;
        }

        Weigh(rowWeights, rowLosses);
        float divisor = Divisor(reduction, columns: 1, rowLosses);
        fixed (float* x = logits, t = targets, c = classWeights, dx = dLogits, losses = rowLosses)
        {
            ClassTargets all = new(t, c, labelSmoothing, classes);
            return Run(new TargetRows(x, null, all, classes, 1 / divisor, dx, losses), classes, divisor, rowLosses);
        }
    }

    /// <summary>
    /// What class j weighs in a row: <c>aⱼ = cⱼ·((1-ε)·tⱼ + ε/K)</c>. Without targets t is 0, and the label's part is added by who knows
    /// it; without class weights c is 1.
    /// </summary>
    internal readonly struct ClassTargets(float* targets, float* classWeights, float smoothing, int classes)
    {
        private readonly float _kept = 1 - smoothing, _uniform = smoothing / classes;

        /// <summary>Those of the row that starts at a place.</summary>
        public ClassTargets From(nint first) => new(targets == null ? null : targets + first, classWeights, smoothing, classes);

        /// <summary>A vector of a, from class j on, or the first <paramref name="count"/> of it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Load<TSimd>(int j, int count)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd a = TSimd.Broadcast(_uniform);
            a = targets == null ? a : TSimd.FusedMultiplyAdd(TSimd.Broadcast(_kept), Losses.Load<TSimd>(targets + j, count), a);
            return classWeights == null ? a : Losses.Load<TSimd>(classWeights + j, count) * a;
        }

        /// <summary>What a label adds to its a.</summary>
        public float Label(int label) => classWeights == null ? _kept : _kept * classWeights[label];
    }

    /// <summary>Rows with a target for each class; if there are labels, they are added to the targets.</summary>
    internal readonly struct TargetRows(
        float* x, int* labels, ClassTargets targets, int classes, float scale, float* dx, float* rowLosses) : ILossRows
    {
        public void Invoke<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = start; row < end; row++)
            {
                nint first = (nint)row * classes;
                int label = labels == null ? -1 : labels[row];
                float share = rowLosses[row] * scale;
                rowLosses[row] *= TargetRow<TSimd>(x + first, label, targets.From(first), classes, share, dx + first);
            }
        }
    }

    /// <summary><c>-Σ aⱼ·ln pⱼ = A·ln Σ exp(x - M) - Σ aⱼ(xⱼ - M)</c>, where A = Σ aⱼ; gradient <c>dx ← share·(A·p - a)</c>.</summary>
    private static float TargetRow<TSimd>(float* x, int label, ClassTargets targets, int classes, float share, float* dx)
        where TSimd : struct, ISimd<TSimd>
    {
        float maximum = Loops.Fold<Maximum, TSimd>(default, x, classes);
        (float total, float dot) = TargetSums<TSimd>(x, targets, maximum, classes);
        float added = 0;
        if (label >= 0)
        {
            added = targets.Label(label);
            total += added;
            dot += added * (x[label] - maximum);
        }

        (_, float sum) = SoftmaxRow.Exponentials<TSimd>(x, classes, dx);
        TargetGradient<TSimd>(targets, share * total / sum, share, classes, dx);
        if (label >= 0)
        {
            dx[label] -= share * added;
        }

        return (total * SoftmaxRow.Log<TSimd>(sum)) - dot;
    }

    /// <summary><c>Σ aⱼ</c> and <c>Σ aⱼ(xⱼ - maximum)</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (float Total, float Dot) TargetSums<TSimd>(float* x, ClassTargets targets, float maximum, int classes)
        where TSimd : struct, ISimd<TSimd>
    {
        float* room = stackalloc float[(2 * Lanes) + Line], totals = AtLine(room), dots = totals + Lanes;
        int j = 0;
        for (; j <= classes - TSimd.Count; j += TSimd.Count)
        {
            int lane = j & (Lanes - 1);
            TargetSumsStep<TSimd>(x + j, targets, j, maximum, totals + lane, dots + lane, TSimd.Count);
        }

        if (j < classes)
        {
            int lane = j & (Lanes - 1);
            TargetSumsStep<TSimd>(x + j, targets, j, maximum, totals + lane, dots + lane, classes - j);
        }

        return (Loops.Fold<Sum, TSimd>(default, totals, Lanes), Loops.Fold<Sum, TSimd>(default, dots, Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TargetSumsStep<TSimd>(
        float* x, ClassTargets targets, int j, float maximum, float* totals, float* dots, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd a = targets.Load<TSimd>(j, count), below = Load<TSimd>(x, count) - TSimd.Broadcast(maximum);
        Store(TSimd.Load(totals) + a, totals, count);
        Store(TSimd.FusedMultiplyAdd(a, below, TSimd.Load(dots)), dots, count);
    }

    /// <summary><c>dxⱼ ← factor·dxⱼ - share·aⱼ</c>, each product rounded, so that a target of 0 or 1 has the bits of a label.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TargetGradient<TSimd>(ClassTargets targets, float factor, float share, int classes, float* dx)
        where TSimd : struct, ISimd<TSimd>
    {
        int j = 0;
        for (; j <= classes - TSimd.Count; j += TSimd.Count)
        {
            TargetGradientStep<TSimd>(targets, j, factor, share, dx + j, TSimd.Count);
        }

        if (j < classes)
        {
            TargetGradientStep<TSimd>(targets, j, factor, share, dx + j, classes - j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TargetGradientStep<TSimd>(ClassTargets targets, int j, float factor, float share, float* dx, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd a = targets.Load<TSimd>(j, count);
        Store((TSimd.Broadcast(factor) * Load<TSimd>(dx, count)) - (TSimd.Broadcast(share) * a), dx, count);
    }
}
