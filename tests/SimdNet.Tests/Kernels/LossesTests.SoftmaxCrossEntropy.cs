using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>Classification by probabilities.</content>
public sealed unsafe partial class LossesTests
{
    [Property(MaxTest = 200)]
    public void Cross_entropy_of_labels_is_that_of_the_reference(byte rowCount, byte classCount, bool atEnd, bool inPlace)
    {
        int rows = 1 + (rowCount % 20), classes = 1 + (classCount % 100);
        float[] logits = Draws.Normal(rows * classes, stream: rowCount, deviation: 4);
        int[] labels = Draws.Labels(rows, classes, stream: classCount);
        using GuardedBuffer x = Guarded(logits, atEnd), result = new(logits.Length, atEnd), losses = new(rows, atEnd);
        Span<float> gradient = inPlace ? x.Span : result.Span;

        float loss = Losses.SoftmaxCrossEntropy(x.Span, labels, classes, gradient, losses.Span);

        Near(LossesReference.SoftmaxCrossEntropy(Doubles(logits), labels, classes), loss, RowBound(logits, rows, classes));
        double[] expected = new double[classes];
        for (int row = 0; row < rows; row++)
        {
            LossesReference.SoftmaxCrossEntropy(
                Doubles(logits.AsSpan(row * classes, classes)), LossesReference.OneHot(labels[row], classes), expected);
            for (int j = 0; j < classes; j++)
            {
                Near(expected[j] / rows, gradient[(row * classes) + j], RowBound(logits, rows, classes) / rows);
            }
        }
    }

    [Property(MaxTest = 400)]
    public void Cross_entropy_with_all_options_is_that_of_the_reference(
        byte rowCount, byte classCount, bool soft, bool weighted, bool byClass, byte smooth, bool sum, bool atEnd, bool inPlace)
    {
        int rows = 1 + (rowCount % 20), classes = 1 + (classCount % 70);
        float smoothing = smooth % 3 * 0.25f;
        float[] logits = Draws.Normal(rows * classes, stream: rowCount, deviation: 4);
        int[] labels = Draws.Labels(rows, classes, stream: classCount);
        float[] targets = Array.ConvertAll(Draws.Normal(rows * classes, stream: 300u + classCount), draw => Math.Clamp(draw, 0, 1));
        float[] weights = weighted ? Weights(rows, stream: 600u + classCount) : [];
        float[] classWeights = byClass ? Weights(classes, stream: 900u + rowCount) : [];
        Reduction reduction = sum ? Reduction.Sum : Reduction.Mean;
        using GuardedBuffer x = Guarded(logits, atEnd), t = Guarded(targets, atEnd), w = Guarded(weights, atEnd);
        using GuardedBuffer c = Guarded(classWeights, atEnd), result = new(logits.Length, atEnd), losses = new(rows, atEnd);
        Span<float> gradient = inPlace ? x.Span : result.Span;

        float loss = soft
            ? Losses.SoftmaxCrossEntropy(x.Span, t.Span, w.Span, c.Span, classes, smoothing, reduction, gradient, losses.Span)
            : Losses.SoftmaxCrossEntropy(x.Span, labels, w.Span, c.Span, classes, smoothing, reduction, gradient, losses.Span);

        double Weight(int row) => weighted ? weights[row] : 1;
        double Share(int row) => Weight(row) * (byClass && !soft ? classWeights[labels[row]] : 1);
        double divisor = sum ? 1 : Enumerable.Range(0, rows).Sum(Share), total = 0, bound = RowBound(logits, rows, classes), totalBound = 0;
        double[] dx = new double[classes];
        for (int row = 0; row < rows; row++)
        {
            double[] target = soft ? Doubles(t.Span.Slice(row * classes, classes)) : LossesReference.OneHot(labels[row], classes);
            double[] a = LossesReference.ClassTargets(target, classWeights, smoothing);
            double rowLoss = Weight(row) * LossesReference.SoftmaxCrossEntropy(Doubles(logits.AsSpan(row * classes, classes)), a, dx);
            double rowBound = bound * Weight(row) * a.Sum();
            Near(rowLoss, losses.Span[row], rowBound);
            for (int j = 0; j < classes; j++)
            {
                Near(Weight(row) * dx[j] / divisor, gradient[(row * classes) + j], rowBound / divisor);
            }

            total += rowLoss;
            totalBound += rowBound;
        }

        Near(total / divisor, loss, totalBound / divisor);
    }

    [Theory]
    [InlineData(0f, false)]
    [InlineData(0.3f, true)]
    public void The_references_row_gradients_are_central_differences(float smoothing, bool byClass)
    {
        const int Classes = 7;
        double step = Math.ScaleB(1, -16);
        double[] x = Doubles(Draws.Normal(Classes, stream: 1, deviation: 2)), dx = new double[Classes], dMargin = new double[Classes];
        float[] classWeights = byClass ? Weights(Classes, stream: 2) : [];
        double[] a = LossesReference.ClassTargets(LossesReference.OneHot(2, Classes), classWeights, smoothing);
        LossesReference.SoftmaxCrossEntropy(x, a, dx);
        LossesReference.MultiClassHinge(x, 2, Margin, dMargin);
        double bound = ((step * step) + (Math.ScaleB(1, -50) * 16 / step)) * Math.Max(1, a.Sum());
        for (int j = 0; j < Classes; j++)
        {
            double[] above = [.. x], below = [.. x];
            above[j] += step;
            below[j] -= step;
            double difference = LossesReference.SoftmaxCrossEntropy(above, a, []) - LossesReference.SoftmaxCrossEntropy(below, a, []);
            Near(difference / (2 * step), dx[j], bound);
            double[] rest = new double[Classes];
            difference = LossesReference.MultiClassHinge(above, 2, Margin, rest) - LossesReference.MultiClassHinge(below, 2, Margin, rest);
            Near(difference / (2 * step), dMargin[j], bound);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(33)]
    [InlineData(130)]
    public void Cross_entropy_has_the_same_bits_at_every_width(int classes)
    {
        const int Rows = 5;
        float[] logits = Draws.Normal(Rows * classes, stream: 3, deviation: 5), weights = Weights(Rows, stream: 5);
        float[] soft = Array.ConvertAll(Draws.Normal(logits.Length, stream: 6), draw => Math.Clamp(draw, 0, 1));
        float[] byClass = Weights(classes, stream: 7);
        int[] labels = Draws.Labels(Rows, classes, stream: 4);
        float[] gradient = new float[logits.Length], rowLosses = new float[Rows];
        fixed (float* x = logits, t = soft, c = byClass, dx = gradient, losses = rowLosses)
        fixed (int* label = labels)
        {
            Same(new Losses.LabelRows(x, label, classes, 0.25f, dx, losses));
            Same(new Losses.TargetRows(x, label, new(null, null, 0.1f, classes), classes, 0.25f, dx, losses));
            Same(new Losses.TargetRows(x, null, new(t, c, 0.1f, classes), classes, 0.25f, dx, losses));
        }

        void Same<TRows>(TRows rows)
            where TRows : struct, Losses.ILossRows => Widths.Same(
                new Losses.LossRange<TRows>(rows, start: 0, end: Rows),
                () => weights.CopyTo(rowLosses, 0),
                () => [.. gradient, .. rowLosses]);
    }

    [Fact]
    public void Cross_entropy_has_the_same_bits_for_any_number_of_threads()
    {
        const int Rows = 5000, Classes = 10;
        float[] logits = Draws.Normal(Rows * Classes, stream: 5), w = Weights(Rows, stream: 7), c = Weights(Classes, stream: 8);
        int[] labels = Draws.Labels(Rows, Classes, stream: 6);
        SameForAnyNumberOfThreads(() => Results(
            logits.Length, Rows, (dx, losses) => Losses.SoftmaxCrossEntropy(logits, labels, Classes, dx, losses)));
        SameForAnyNumberOfThreads(() => Results(
            logits.Length,
            Rows,
            (dx, losses) => Losses.SoftmaxCrossEntropy(logits, labels, w, c, Classes, 0.1f, Reduction.Mean, dx, losses)));
    }

    /// <summary>Targets of 0 and 1 are labels to the bit, and weights of 1 are no weights.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void One_hot_targets_and_unit_weights_change_no_bit(int classes)
    {
        const int Rows = 6;
        float[] x = Draws.Normal(Rows * classes, stream: 1, deviation: 3), ones = [.. Enumerable.Repeat(1f, Rows)];
        float[] unit = [.. Enumerable.Repeat(1f, classes)];
        int[] labels = Draws.Labels(Rows, classes, stream: 2);
        float[] oneHot = [.. labels.SelectMany(label => LossesReference.OneHot(label, classes)).Select(value => (float)value)];
        float[] expected = Results(x.Length, Rows, (dx, losses) => Losses.SoftmaxCrossEntropy(x, labels, classes, dx, losses));

        Assert.Equal(expected, Soft([], [], 0));
        Assert.Equal(expected, Soft(ones, unit, 0));
        Assert.Equal(expected, Hard(ones, unit, 0));
        Assert.Equal(Hard([], [], 0.25f), Hard(ones, unit, 0.25f));
        Assert.Equal(Soft([], [], 0.25f), Soft(ones, unit, 0.25f));

        float[] Soft(float[] w, float[] c, float smoothing) => Results(
            x.Length, Rows, (dx, losses) => Losses.SoftmaxCrossEntropy(x, oneHot, w, c, classes, smoothing, Reduction.Mean, dx, losses));
        float[] Hard(float[] w, float[] c, float smoothing) => Results(
            x.Length, Rows, (dx, losses) => Losses.SoftmaxCrossEntropy(x, labels, w, c, classes, smoothing, Reduction.Mean, dx, losses));
    }

    /// <summary>Two even classes, worth 1 and 3: the mean divides by what the labels weigh, but soft targets by the rows.</summary>
    [Fact]
    public void Class_weights_are_divided_out_of_labels_only()
    {
        float[] gradient = new float[4], losses = new float[2];
        float loss = Losses.SoftmaxCrossEntropy([0, 0, 0, 0], (int[])[0, 1], [], [1, 3], 2, 0, Reduction.Mean, gradient, losses);
        Assert.Equal([MathF.Log(2), 3 * MathF.Log(2)], losses);
        Assert.Equal(MathF.Log(2), loss);
        Assert.Equal([-0.125f, 0.125f, 0.375f, -0.375f], gradient);

        loss = Losses.SoftmaxCrossEntropy([0, 0, 0, 0], (float[])[1, 0, 0, 1], [], [1, 3], 2, 0, Reduction.Mean, gradient, losses);
        Assert.Equal(2 * MathF.Log(2), loss);
        Assert.Equal([-0.25f, 0.25f, 0.75f, -0.75f], gradient);

        loss = Losses.SoftmaxCrossEntropy([5, 1], (int[])[0], [], [0, 3], 2, 0, Reduction.Mean, gradient.AsSpan(0, 2), losses.AsSpan(0, 1));
        Assert.Equal([0, 0, 0], [loss, .. gradient[..2]]); // all labels' classes weigh nothing
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        float[] gradient = new float[6], losses = new float[2];
        float loss = Losses.SoftmaxCrossEntropy([3e38f, -3e38f, 0, 1000, 1000, -1000], [0, 1], 3, gradient, losses);

        Assert.Equal(0, losses[0]);
        Assert.Equal(MathF.Log(2), losses[1]);
        Assert.Equal(MathF.Log(2) / 2, loss);
        Assert.Equal([0, 0, 0, 0.25f, -0.25f, 0], gradient);
    }

    [Fact]
    public void Not_a_number_among_logits_spoils_its_own_row_only()
    {
        float[] gradient = new float[4], losses = new float[2];
        float loss = Losses.SoftmaxCrossEntropy([float.NaN, 0, 0, 0], [1, 0], 2, gradient, losses);

        Assert.Equal(float.NaN, loss);
        Assert.Equal(float.NaN, losses[0]);
        Assert.Equal(MathF.Log(2), losses[1]);
        Assert.Equal([float.NaN, float.NaN, -0.25f, 0.25f], gradient);

        loss = Losses.SoftmaxCrossEntropy([float.NaN, 0, 0, 0], (float[])[0, 1, 1, 0], [], [], 2, 0, Reduction.Mean, gradient, losses);
        Assert.Equal([float.NaN, float.NaN, MathF.Log(2)], [loss, .. losses]);
        Assert.Equal([float.NaN, float.NaN, -0.25f, 0.25f], gradient);
    }

    /// <summary>
    /// Of a row whose targets sum to 1. Of the gradient: p is at most 1, and its relative error: of the difference, 2·max|x| roundings' worth
    /// in the exponent; an exponential and a sum of exponentials; the sum itself; division and product. Of the loss: a logarithm of that
    /// sum, and a difference.
    /// </summary>
    private static double RowBound(float[] logits, int rows, int classes) =>
        Tolerance.Gamma(Roundings(rows, classes)) * ((2 * (double)logits.Max(Math.Abs)) + Math.Log(classes) + 1);
}
