using SimdNet.Kernels;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe partial class LossesTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    /// <summary>
    /// Roundings of the longest formula for one element (the binary cross-entropy: 3 for each elementary function, 1 for each operation),
    /// of the sum of a row, the sum of the rows, the sum of the weights, and of what they are multiplied and divided by.
    /// </summary>
    private static int Roundings(int rows, int columns) => 20 + FoldRoundings(columns) + (2 * FoldRoundings(rows)) + 6;

    private static int FoldRoundings(int length) => ((length + 31) / 32) + 5;

    private static void Near(double expected, double actual, double bound) => Assert.InRange(actual - expected, -bound, bound);

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static float[] Weights(int count, uint stream) => Array.ConvertAll(Draws.Normal(count, stream), Math.Abs);

    private static GuardedBuffer Guarded(float[] values, bool atEnd)
    {
        GuardedBuffer buffer = new(values.Length, atEnd);
        values.CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary>What a call leaves: the loss, the gradient, the losses of the rows.</summary>
    private static float[] Results(int length, int rows, Func<float[], float[], float> loss)
    {
        float[] gradient = new float[length], losses = new float[rows];
        gradient.AsSpan().Fill(float.NaN);
        losses.AsSpan().Fill(float.NaN);
        return [loss(gradient, losses), .. gradient, .. losses];
    }

    private static void SameForAnyNumberOfThreads(Func<float[]> results)
    {
        int[] first = [];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            int[] bits = Widths.Bits(results());
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    private static void Refuses(string message, Action action) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    [Fact]
    public void No_rows_have_no_loss()
    {
        Assert.Equal(0, Losses.MeanSquaredError([], [], [], 3, Reduction.Mean, [], []));
        Assert.Equal(0, Losses.BinaryCrossEntropy([], (int[])[], [], 1, Reduction.Mean, [], []));
        Assert.Equal(0, Losses.MultiClassHinge([], [], [], 3, 1, Reduction.Mean, [], []));
        Assert.Equal(0, Losses.SoftmaxCrossEntropy([], [], 3, [], []));
        Assert.Equal(0, Losses.SoftmaxCrossEntropy([], (float[])[], [], [], 3, 0, Reduction.Mean, [], []));
    }

    /// <summary>A collection may count room of this thread as allocated; a call that allocates would do so in every attempt.</summary>
    [Fact]
    public void Nothing_is_allocated()
    {
        const int Rows = 9, Columns = 40;
        float[] x = Draws.Normal(Rows * Columns, stream: 1), t = Weights(Rows * Columns, stream: 2), w = Weights(Rows, stream: 3);
        float[] c = Weights(Columns, stream: 4), dx = new float[x.Length], losses = new float[Rows], signs = new float[Rows];
        int[] labels = Draws.Labels(Rows, Columns, stream: 5), binary = Draws.Labels(Rows, 2, stream: 6);
        t = Array.ConvertAll(t, value => Math.Min(value, 1));
        signs.AsSpan().Fill(-1);
        All();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            All();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void All()
        {
            Losses.MeanSquaredError(x, t, w, Columns, Reduction.Mean, dx, losses);
            Losses.MeanAbsoluteError(x, t, [], Columns, Reduction.Mean, dx, losses);
            Losses.Huber(x.AsSpan(0, Rows), t.AsSpan(0, Rows), w, 1, 0.5f, Reduction.Sum, dx.AsSpan(0, Rows), losses);
            Losses.BinaryCrossEntropy(x, t, w, Columns, 2, Reduction.Mean, dx, losses);
            Losses.BinaryCrossEntropy(x.AsSpan(0, Rows), binary, w, 2, Reduction.Mean, dx.AsSpan(0, Rows), losses);
            Losses.Hinge(x.AsSpan(0, Rows), signs, w, 1, Reduction.Mean, dx.AsSpan(0, Rows), losses);
            Losses.Hinge(x.AsSpan(0, Rows), binary, w, 1, Reduction.Mean, dx.AsSpan(0, Rows), losses);
            Losses.MultiClassHinge(x, labels, w, Columns, 1, Reduction.Mean, dx, losses);
            Losses.SoftmaxCrossEntropy(x, labels, Columns, dx, losses);
            Losses.SoftmaxCrossEntropy(x, labels, w, c, Columns, 0.1f, Reduction.Mean, dx, losses);
            Losses.SoftmaxCrossEntropy(x, t, w, c, Columns, 0.1f, Reduction.Mean, dx, losses);
        }
    }
}
