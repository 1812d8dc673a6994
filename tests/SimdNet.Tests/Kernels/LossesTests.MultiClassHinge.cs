using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>Classification by margins.</content>
public sealed unsafe partial class LossesTests
{
    [Property(MaxTest = 200)]
    public void Multi_class_hinge_is_that_of_the_reference(
        byte rowCount, byte classCount, bool weighted, bool sum, bool atEnd, bool inPlace)
    {
        int rows = 1 + (rowCount % 20), classes = 1 + (classCount % 70);
        float[] outputs = Sixteenths(rows * classes, stream: rowCount), weights = weighted ? Weights(rows, stream: classCount) : [];
        int[] labels = Draws.Labels(rows, classes, stream: classCount);
        using GuardedBuffer x = Guarded(outputs, atEnd), w = Guarded(weights, atEnd);
        using GuardedBuffer result = new(outputs.Length, atEnd), losses = new(rows, atEnd);
        Span<float> gradient = inPlace ? x.Span : result.Span;

        float loss = Losses.MultiClassHinge(
            x.Span, labels, w.Span, classes, Margin, sum ? Reduction.Sum : Reduction.Mean, gradient, losses.Span);

        double divisor = sum ? 1 : weighted ? weights.Sum(weight => (double)weight) : rows, total = 0;
        double gamma = Tolerance.Gamma(Roundings(rows, classes));
        double[] dx = new double[classes];
        for (int row = 0; row < rows; row++)
        {
            double weight = weighted ? weights[row] : 1;
            double[] output = Doubles(outputs.AsSpan(row * classes, classes));
            double rowLoss = weight * LossesReference.MultiClassHinge(output, labels[row], Margin, dx);
            Near(rowLoss, losses.Span[row], gamma * rowLoss);
            for (int j = 0; j < classes; j++)
            {
                Near(weight * dx[j] / divisor, gradient[(row * classes) + j], gamma * weight * Math.Abs(dx[j]) / divisor);
            }

            total += rowLoss;
        }

        Near(total / divisor, loss, gamma * total / divisor);
    }

    /// <summary>Class 1 violates the margin of 1 by 0.5, class 2 stands at its kink.</summary>
    [Fact]
    public void Multi_class_hinge_by_hand()
    {
        float[] results = Results(
            4, 1, (dx, losses) => Losses.MultiClassHinge([2, 1.5f, 1, -9], [0], [], 4, 1, Reduction.Mean, dx, losses));
        Assert.Equal([0.125f, -0.25f, 0.25f, 0, 0, 0.125f], results);
    }

    [Fact]
    public void Not_a_number_spoils_its_own_margins_only()
    {
        float[] Run(float first, float second) => Results(
            4, 2, (dx, losses) => Losses.MultiClassHinge([first, second, 0, 0], [0, 0], [], 2, 1, Reduction.Mean, dx, losses));

        float[] expected = [float.NaN, float.NaN, float.NaN, -0.25f, 0.25f, float.NaN, 0.5f];
        Assert.Equal(expected, Run(float.NaN, 0));
        Assert.Equal(expected, Run(0, float.NaN));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(33)]
    [InlineData(130)]
    public void Multi_class_hinge_has_the_same_bits_at_every_width(int classes)
    {
        const int Rows = 5;
        float[] outputs = Draws.Normal(Rows * classes, stream: 3), weights = Weights(Rows, stream: 5);
        int[] labels = Draws.Labels(Rows, classes, stream: 4);
        float[] gradient = new float[outputs.Length], rowLosses = new float[Rows];
        fixed (float* x = outputs, dx = gradient, losses = rowLosses)
        fixed (int* label = labels)
        {
            Losses.MarginRows rows = new(x, label, classes, Margin, 0.25f, dx, losses);
            Widths.Same(
                new Losses.LossRange<Losses.MarginRows>(rows, start: 0, end: Rows),
                () => weights.CopyTo(rowLosses, 0),
                () => [.. gradient, .. rowLosses]);
        }
    }

    [Fact]
    public void Multi_class_hinge_has_the_same_bits_for_any_number_of_threads()
    {
        const int Rows = 5000, Classes = 10;
        float[] x = Draws.Normal(Rows * Classes, stream: 5), w = Weights(Rows, stream: 7);
        int[] labels = Draws.Labels(Rows, Classes, stream: 6);
        SameForAnyNumberOfThreads(() => Results(
            x.Length, Rows, (dx, losses) => Losses.MultiClassHinge(x, labels, w, Classes, Margin, Reduction.Mean, dx, losses)));
    }

    /// <summary>Multiples of 1/16: their differences are exact, so that both sides of every kink are certain.</summary>
    private static float[] Sixteenths(int count, uint stream) =>
        Array.ConvertAll(Draws.Normal(count, stream), draw => MathF.Round(16 * draw) / 16);
}
