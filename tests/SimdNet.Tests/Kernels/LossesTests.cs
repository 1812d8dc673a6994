using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class LossesTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Property(MaxTest = 200)]
    public void Value_and_gradient_are_those_of_the_reference(byte rowCount, byte classCount, bool atEnd, bool inPlace)
    {
        int rows = 1 + (rowCount % 20), classes = 1 + (classCount % 100);
        float[] logits = Draws.Normal(rows * classes, stream: rowCount, deviation: 4);
        int[] labels = Draws.Labels(rows, classes, stream: classCount);
        using GuardedBuffer x = new(logits.Length, atEnd), result = new(logits.Length, atEnd), rowLosses = new(rows, atEnd);
        logits.CopyTo(x.Span);
        Span<float> gradient = inPlace ? x.Span : result.Span;

        float loss = Losses.SoftmaxCrossEntropy(x.Span, labels, classes, gradient, rowLosses.Span);

        double[] expected = new double[logits.Length];
        double expectedLoss = LossesReference.SoftmaxCrossEntropy(Array.ConvertAll(logits, value => (double)value), labels, classes, expected);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(gradient[i] - expected[i], -GradientBound(logits, classes, rows), GradientBound(logits, classes, rows));
        }

        double bound = Tolerance.Gamma(rows + classes + 8) * (Largest(logits) + Math.Log(classes) + 1);
        Assert.InRange(loss - expectedLoss, -bound, bound);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(33)]
    [InlineData(130)]
    public void The_bits_are_the_same_at_every_width(int classes)
    {
        const int Rows = 5;
        float[] logits = Draws.Normal(Rows * classes, stream: 3, deviation: 5);
        int[] labels = Draws.Labels(Rows, classes, stream: 4);
        float[] gradient = new float[logits.Length], losses = new float[Rows];
        fixed (float* x = logits, dx = gradient, row = losses)
        fixed (int* label = labels)
        {
            Losses.SoftmaxCrossEntropyRows kernel = new(x, label, Rows, classes, dx, row, start: 0, end: Rows);
            Widths.Same(kernel, () => gradient.AsSpan().Fill(float.NaN), () => [.. gradient, .. losses]);
        }
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        const int Rows = 5000, Classes = 10;
        float[] logits = Draws.Normal(Rows * Classes, stream: 5);
        int[] labels = Draws.Labels(Rows, Classes, stream: 6);
        int[] first = [];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] gradient = new float[logits.Length], losses = new float[Rows];
            float loss = Losses.SoftmaxCrossEntropy(logits, labels, Classes, gradient, losses);
            int[] bits = Widths.Bits([loss, .. gradient, .. losses]);
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
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
    public void Not_a_number_stays_so_and_spoils_its_own_row_only()
    {
        float[] gradient = new float[4], losses = new float[2];
        float loss = Losses.SoftmaxCrossEntropy([float.NaN, 0, 0, 0], [1, 0], 2, gradient, losses);

        Assert.Equal(float.NaN, loss);
        Assert.Equal(float.NaN, losses[0]);
        Assert.Equal(MathF.Log(2), losses[1]);
        Assert.Equal([float.NaN, float.NaN, -0.25f, 0.25f], gradient);
    }

    [Fact]
    public void No_rows_have_no_loss() => Assert.Equal(0, Losses.SoftmaxCrossEntropy([], [], 3, [], []));

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] logits = [1, 2, 3, 4, 5, 6], gradient = new float[6], losses = new float[2];
        void Refuses(string message, int[] labels, int classes, int gradientLength, int lossesLength) => Assert.Contains(
            message,
            Assert.ThrowsAny<ArgumentException>(() => Losses.SoftmaxCrossEntropy(
                logits, labels, classes, gradient.AsSpan(0, gradientLength), losses.AsSpan(0, lossesLength))).Message,
            StringComparison.Ordinal);

        Refuses("'classes' is 0, expected 1 or more.", [0, 0], 0, 6, 2);
        Refuses("'logits' holds 6 values, expected 8.", [0, 0], 4, 6, 2);
        Refuses("'labels[1]' is 3, expected 0 to 2 (3 classes).", [0, 3], 3, 6, 2);
        Refuses("'labels[0]' is -1, expected 0 to 2 (3 classes).", [-1, 3], 3, 6, 2);
        Refuses("'dLogits' holds 5 values, expected 6.", [0, 1], 3, 5, 2);
        Refuses("'rowLosses' holds 1 values, expected 2.", [0, 1], 3, 6, 1);
        Assert.Throws<ArgumentException>("dLogits", () => Losses.SoftmaxCrossEntropy(
            logits.AsSpan(0, 3), [0], 3, logits.AsSpan(1, 3), losses.AsSpan(0, 1)));
        Assert.Throws<ArgumentException>("rowLosses", () => Losses.SoftmaxCrossEntropy(logits, [0, 1], 3, gradient, logits.AsSpan(0, 2)));
        Assert.Throws<ArgumentException>("rowLosses", () => Losses.SoftmaxCrossEntropy(logits, [0, 1], 3, gradient, gradient.AsSpan(4, 2)));
        Assert.All([.. gradient, .. losses], value => Assert.Equal(0, value));
        Assert.Equal([1, 2, 3, 4, 5, 6], logits);
    }

    private static double Largest(float[] values) => values.Max(Math.Abs);

    /// <summary>
    /// p is at most 1. Its relative error: of the difference, 2·max|x| roundings' worth in the exponent; an exponential and a sum of
    /// exponentials; the sum itself; division and product.
    /// </summary>
    private static double GradientBound(float[] logits, int classes, int rows) =>
        Tolerance.Gamma(classes + 8) * ((2 * Largest(logits)) + 1) / rows;
}
