namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.Losses"/> computes, in double: the loss of an element or a row, and its gradient.</summary>
internal static class LossesReference
{
    public static (double Loss, double Derivative) SquaredError(double x, double t) => ((x - t) * (x - t), 2 * (x - t));

    public static (double Loss, double Derivative) AbsoluteError(double x, double t) => (Math.Abs(x - t), Math.Sign(x - t));

    public static (double Loss, double Derivative) Huber(double x, double t, double delta)
    {
        double d = x - t;
        return Math.Abs(d) <= delta ? (d * d / 2, d) : (delta * (Math.Abs(d) - (delta / 2)), delta * Math.Sign(d));
    }

    public static (double Loss, double Derivative) BinaryCrossEntropy(double x, double t, double positiveWeight) => (
        ((1 - t) * Softplus(x)) + (positiveWeight * t * Softplus(-x)),
        ((1 - t) / (1 + Math.Exp(-x))) - (positiveWeight * t / (1 + Math.Exp(x))));

    public static (double Loss, double Derivative) Hinge(double x, double t, double margin) =>
        margin - (t * x) > 0 ? (margin - (t * x), -t) : (0, 0);

    public static double MultiClassHinge(ReadOnlySpan<double> x, int label, double margin, Span<double> dx)
    {
        double loss = 0;
        dx.Clear();
        for (int j = 0; j < x.Length; j++)
        {
            double violation = margin - x[label] + x[j];
            if (j != label && violation > 0)
            {
                loss += violation / x.Length;
                dx[j] += 1.0 / x.Length;
                dx[label] -= 1.0 / x.Length;
            }
        }

        return loss;
    }

    /// <summary><c>-Σ aⱼ·ln pⱼ</c></summary>
    public static double SoftmaxCrossEntropy(ReadOnlySpan<double> x, ReadOnlySpan<double> a, Span<double> dx)
    {
        double maximum = double.NegativeInfinity, sum = 0, loss = 0, total = 0;
        foreach (double value in x)
        {
            maximum = Math.Max(maximum, value);
        }

        foreach (double value in x)
        {
            sum += Math.Exp(value - maximum);
        }

        for (int j = 0; j < x.Length; j++)
        {
            loss += a[j] * (Math.Log(sum) - (x[j] - maximum));
            total += a[j];
        }

        for (int j = 0; j < dx.Length; j++)
        {
            dx[j] = (total * Math.Exp(x[j] - maximum) / sum) - a[j];
        }

        return loss;
    }

    /// <summary>What each class weighs in a row: the target, smoothed, times the class's weight, if there are weights.</summary>
    public static double[] ClassTargets(ReadOnlySpan<double> target, ReadOnlySpan<float> classWeights, double smoothing)
    {
        double[] a = new double[target.Length];
        for (int j = 0; j < a.Length; j++)
        {
            a[j] = (((1 - smoothing) * target[j]) + (smoothing / a.Length)) * (classWeights.IsEmpty ? 1 : classWeights[j]);
        }

        return a;
    }

    public static double[] OneHot(int label, int classes)
    {
        double[] target = new double[classes];
        target[label] = 1;
        return target;
    }

    /// <summary>The mean over rows, with their labels as targets.</summary>
    public static double SoftmaxCrossEntropy(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int classes)
    {
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            loss += SoftmaxCrossEntropy(logits.Slice(row * classes, classes), OneHot(labels[row], classes), []);
        }

        return loss / labels.Length;
    }

    /// <summary><c>ln(1 + eˣ)</c>; ln(1 + e) by its series where 1 + e would lose e.</summary>
    private static double Softplus(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return Math.Max(x, 0) + (e < 1e-5 ? e - (e * e / 2) + (e * e * e / 3) : Math.Log(1 + e));
    }
}
