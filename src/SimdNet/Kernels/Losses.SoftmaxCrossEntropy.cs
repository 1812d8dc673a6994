using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Classification by probabilities: labels.</content>
public static unsafe partial class Losses
{
    /// <summary>
    /// <c>loss = mean over rows of -ln pₗ</c>, where p = softmax(logits) of the row and l its label; <c>dLogits = (p - onehot(l))/rows</c>.
    /// </summary>
    /// <remarks>
    /// With the row's maximum M, <c>p = exp(x - M)/Σ exp(x - M)</c> and <c>-ln pₗ = ln Σ exp(x - M) - (xₗ - M)</c>: no exponential
    /// overflows, and the sum is 1 or more. Rows are shared among threads; each sum, and the mean, has one order.
    /// </remarks>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="labels">[rows], each from 0 to classes - 1.</param>
    /// <param name="classes">The number of classes, 1 or more.</param>
    /// <param name="dLogits">[rows, classes]; may start where <paramref name="logits"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: the loss of each row.</param>
    /// <returns>The mean loss; 0 of no rows.</returns>
    /// <exception cref="ArgumentException">
    /// A length does not fit, a label is out of range, or spans overlap without starting together.
    /// </exception>
    public static float SoftmaxCrossEntropy(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, Span<float> dLogits, Span<float> rowLosses) =>
        SoftmaxCrossEntropy(logits, labels, [], [], classes, labelSmoothing: 0, Reduction.Mean, dLogits, rowLosses);

    /// <summary>
    /// Softmax cross-entropy, <c>lᵢ = -Σⱼ cⱼ·qⱼ·ln pⱼ</c>, where p = softmax(logits) of the row, c the class weights, and
    /// <c>q = (1-ε)·onehot(label) + ε/K</c> for K classes and the label smoothing ε.
    /// </summary>
    /// <remarks>
    /// As PyTorch's CrossEntropyLoss: the mean divides by the sum of wᵢ·c of the row's label, for all ε. Label smoothing: Szegedy and
    /// others, Rethinking the inception architecture for computer vision (2016).
    /// </remarks>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="labels">[rows], each from 0 to classes - 1.</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="classWeights">[classes], each finite and 0 or more, not all 0; or empty: each class weighs 1.</param>
    /// <param name="classes">K, 1 or more.</param>
    /// <param name="labelSmoothing">ε, at least 0 and less than 1.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <param name="dLogits">[rows, classes]; may start where <paramref name="logits"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <inheritdoc cref="MeanSquaredError" path="/returns|/exception"/>
    public static float SoftmaxCrossEntropy(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, ReadOnlySpan<float> rowWeights, ReadOnlySpan<float> classWeights,
        int classes, float labelSmoothing, Reduction reduction, Span<float> dLogits, Span<float> rowLosses)
    {
        Guard.Positive(classes, nameof(classes));
        CheckClasses(classWeights, classes, labelSmoothing, dLogits, rowLosses);
        Check(logits, rowWeights, labels.Length, classes, dLogits, rowLosses, nameof(logits), nameof(dLogits));
        Guard.Labels(labels, classes, nameof(labels));
        if (labels.IsEmpty)
        {
            return 0;
        }

        Weigh(rowWeights, rowLosses);
        if (!classWeights.IsEmpty)
        {
            WeighByLabel(classWeights, labels, rowLosses);
        }

        float divisor = Divisor(reduction, columns: 1, rowLosses);
        fixed (float* x = logits, c = classWeights, dx = dLogits, losses = rowLosses)
        fixed (int* label = labels)
        {
            if (labelSmoothing == 0)
            {
                return Run(new LabelRows(x, label, classes, 1 / divisor, dx, losses), classes, divisor, rowLosses);
            }

            Weigh(rowWeights, rowLosses); // the targets themselves are weighted by class
            ClassTargets targets = new(null, c, labelSmoothing, classes);
            return Run(new TargetRows(x, label, targets, classes, 1 / divisor, dx, losses), classes, divisor, rowLosses);
        }
    }

    private static void CheckClasses(
        ReadOnlySpan<float> classWeights, int classes, float labelSmoothing, ReadOnlySpan<float> dLogits, ReadOnlySpan<float> rowLosses)
    {
        Guard.Weights(classWeights, classes, nameof(classWeights));
        Guard.Fraction(labelSmoothing, nameof(labelSmoothing));
        Guard.Apart(classWeights, dLogits, nameof(classWeights), nameof(dLogits));
        Guard.Apart(classWeights, rowLosses, nameof(classWeights), nameof(rowLosses));
    }

    /// <summary><c>wᵢ ← wᵢ·c</c> of the row's label.</summary>
    private static void WeighByLabel(ReadOnlySpan<float> classWeights, ReadOnlySpan<int> labels, Span<float> weights)
    {
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] *= classWeights[labels[row]];
        }
    }

    /// <summary>Rows whose whole target is their label.</summary>
    internal readonly struct LabelRows(float* x, int* labels, int classes, float scale, float* dx, float* rowLosses) : ILossRows
    {
        /// <summary>So many sums share the vectors in which their logarithms are found: one by one these took a third of the time.</summary>
        private const int Together = 64;

        public void Invoke<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            float* sums = stackalloc float[Together], labelled = stackalloc float[Together];
            for (; start < end; start += Together)
            {
                int rows = Math.Min(Together, end - start);
                for (int i = 0; i < rows; i++)
                {
                    nint row = start + i, first = row * classes;
                    (labelled[i], sums[i]) = LabelRow<TSimd>(x + first, labels[row], classes, rowLosses[row] * scale, dx + first);
                }

                Loops.Map<Log, TSimd>(default, sums, sums, rows);
                for (int i = 0; i < rows; i++)
                {
                    rowLosses[start + i] *= sums[i] - labelled[i];
                }
            }
        }
    }

    /// <summary>
    /// The gradient <c>dx ← share·(p - onehot(l))</c>, and the parts of the loss <c>-ln pₗ = ln Σ exp(x - M) - (xₗ - M)</c>: the second
    /// term, and the sum.
    /// </summary>
    private static (float Labelled, float Sum) LabelRow<TSimd>(float* x, int label, int classes, float share, float* dx)
        where TSimd : struct, ISimd<TSimd>
    {
        float labelled = x[label]; // before dx is written, which may be x
        (float maximum, float sum) = SoftmaxRow.Gradient<TSimd>(x, classes, share, dx);
        dx[label] -= share;
        return (labelled - maximum, sum);
    }
}
