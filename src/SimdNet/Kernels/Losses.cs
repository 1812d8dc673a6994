using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Losses: value and gradient in one pass over each row.</summary>
public static unsafe class Losses
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

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
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, Span<float> dLogits, Span<float> rowLosses)
    {
        Guard.Positive(classes, nameof(classes));
        Guard.Length(logits.Length, (long)labels.Length * classes, nameof(logits));
        Guard.Labels(labels, classes, nameof(labels));
        Guard.Length(dLogits.Length, logits.Length, nameof(dLogits));
        Guard.Length(rowLosses.Length, labels.Length, nameof(rowLosses));
        Guard.SameOrApart(logits, dLogits, nameof(logits), nameof(dLogits));
        Guard.Apart(logits, rowLosses, nameof(logits), nameof(rowLosses));
        Guard.Apart(dLogits, rowLosses, nameof(dLogits), nameof(rowLosses));
        if (labels.IsEmpty)
        {
            return 0;
        }

        fixed (float* x = logits, dx = dLogits, losses = rowLosses)
        fixed (int* label = labels)
        {
            SoftmaxCrossEntropyRows rows = new(x, label, labels.Length, classes, dx, losses);
            WorkerTeam.For(labels.Length, Math.Max(1, Grain / classes), rows);
        }

        return Loops.Fold(default(Sum), rowLosses) / labels.Length;
    }

    /// <summary>The rows from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct SoftmaxCrossEntropyRows(
        float* logits, int* labels, int rows, int classes, float* dLogits, float* rowLosses, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            SoftmaxCrossEntropyRows part = new(logits, labels, rows, classes, dLogits, rowLosses, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float share = 1f / rows;
            for (int row = start; row < end; row++)
            {
                float* x = logits + ((nint)row * classes), dx = dLogits + ((nint)row * classes);
                float maximum = Loops.Fold<Maximum, TSimd>(default, x, classes);
                float labelled = x[labels[row]] - maximum;
                Loops.Map<ExpOfDifference, TSimd>(new(maximum), x, dx, classes);
                float sum = Loops.Fold<Sum, TSimd>(default, dx, classes);
                Loops.Map<Multiple, TSimd>(new(share / sum), dx, dx, classes);
                dx[labels[row]] -= share;
                rowLosses[row] = TSimd.ToScalar(SimdMath.Log(TSimd.Broadcast(sum))) - labelled;
            }
        }
    }
}
