using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Classification by margins.</content>
public static unsafe partial class Losses
{
    /// <summary>
    /// The hinge loss of Weston and Watkins, <c>lᵢ = Σⱼ max(0, margin - x_y + xⱼ)/K</c> over the classes j ≠ y, where x are the row's
    /// outputs, y its label, K the number of classes. Each term above 0 has the derivative 1/K by xⱼ and -1/K by x_y, others 0.
    /// </summary>
    /// <remarks>
    /// Weston and Watkins, Support vector machines for multi-class pattern recognition (1999). As PyTorch's MultiMarginLoss, p = 1.
    /// </remarks>
    /// <param name="outputs">[rows, classes]: the largest predicts the class.</param>
    /// <param name="labels">[rows], each from 0 to classes - 1.</param>
    /// <param name="rowWeights">[rows], each finite and 0 or more, not all 0; or empty: each row weighs 1.</param>
    /// <param name="classes">K, 1 or more.</param>
    /// <param name="margin">How far below the label's output another costs nothing, above 0.</param>
    /// <param name="reduction">The mean over the rows, or the sum.</param>
    /// <param name="dOutputs">[rows, classes]; may start where <paramref name="outputs"/> starts (in place).</param>
    /// <param name="rowLosses">[rows]: wᵢ·lᵢ.</param>
    /// <inheritdoc cref="MeanSquaredError" path="/returns|/exception"/>
    public static float MultiClassHinge(
        ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> rowWeights, int classes, float margin,
        Reduction reduction, Span<float> dOutputs, Span<float> rowLosses)
    {
        Guard.Positive(classes, nameof(classes));
        Guard.Positive(margin, nameof(margin));
        Check(outputs, rowWeights, labels.Length, classes, dOutputs, rowLosses);
        Guard.Labels(labels, classes, nameof(labels));
        if (labels.IsEmpty)
        {
            return 0;
        }

        Weigh(rowWeights, rowLosses);
        float divisor = Divisor(reduction, columns: 1, rowLosses);
        fixed (float* x = outputs, dx = dOutputs, losses = rowLosses)
        fixed (int* label = labels)
        {
            return Run(new MarginRows(x, label, classes, margin, 1 / divisor, dx, losses), classes, divisor, rowLosses);
        }
    }

    internal readonly struct MarginRows(float* x, int* labels, int classes, float margin, float scale, float* dx, float* rowLosses)
        : ILossRows
    {
        public void Invoke<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = start; row < end; row++)
            {
                nint first = (nint)row * classes;
                float share = rowLosses[row] * scale / classes;
                rowLosses[row] *= MarginRow<TSimd>(x + first, labels[row], classes, margin, share, dx + first) / classes;
            }
        }
    }

    /// <summary>K·l, and its gradient times <paramref name="share"/>. It sums to 0 over the row: the label's balances the others.</summary>
    private static float MarginRow<TSimd>(float* x, int label, int classes, float margin, float share, float* dx)
        where TSimd : struct, ISimd<TSimd>
    {
        Loops.Map<Violation, TSimd>(new(margin - x[label]), x, dx, classes);
        dx[label] = 0;
        float sum = Loops.Fold<Sum, TSimd>(default, dx, classes);
        Loops.Map<WherePositive, TSimd>(new(share), dx, dx, classes);
        dx[label] = -Loops.Fold<Sum, TSimd>(default, dx, classes);
        return sum;
    }

    /// <summary><c>max(0, c + x)</c>; NaN stays.</summary>
    private readonly struct Violation(float c) : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Greater(TSimd.Zero, TSimd.Broadcast(c) + x);
    }

    /// <summary><c>c</c> where x &gt; 0; 0 and NaN stay.</summary>
    private readonly struct WherePositive(float c) : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Select(TSimd.LessThan(TSimd.Zero, x), TSimd.Broadcast(c), x);
    }
}
