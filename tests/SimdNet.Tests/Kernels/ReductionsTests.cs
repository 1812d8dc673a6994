using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public unsafe class ReductionsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Threads_change_no_bit(int threads)
    {
        const int Rows = 2000, Columns = 130;
        int sizeBefore = WorkerTeam.Size;
        float[] x = Draws.Normal(Rows * Columns, stream: 1), alone = new float[Columns], together = new float[Columns];
        try
        {
            WorkerTeam.Size = 1;
            Reductions.ColumnSums(x, Rows, Columns, alone);
            WorkerTeam.Size = threads;
            Reductions.ColumnSums(x, Rows, Columns, together);
        }
        finally
        {
            WorkerTeam.Size = sizeBefore;
        }

        Assert.Equal(Widths.Bits(alone), Widths.Bits(together));
    }

    [Property(MaxTest = 100)]
    public void Column_sums_are_sums_in_order_of_the_rows_at_every_width(byte rows, byte columns, bool atEnd)
    {
        int m = rows % 40, n = columns % 140;
        using GuardedBuffer x = new(m * n, atEnd), sums = new(n, atEnd);
        Draws.Normal(m * n, stream: 1).CopyTo(x.Span);
        float[] expected = new float[n];
        for (int i = 0; i < m * n; i++)
        {
            expected[i % n] += x.Span[i];
        }

        float[] actual = Widths.Same(
            new Reductions.ColumnSumsRange(x.Pointer, m, n, sums.Pointer, 0, n), () => sums.Span.Fill(float.NaN), () => sums.Span.ToArray());
        Assert.Equal(Widths.Bits(expected), Widths.Bits(actual));

        sums.Span.Fill(float.NaN);
        Reductions.ColumnSums(x.Span, m, n, sums.Span);
        Assert.Equal(Widths.Bits(expected), Widths.Bits(sums.Span));
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] x = new float[12], sums = [7, 7, 7];
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => Reductions.ColumnSums(x, -1, 3, sums));
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => Reductions.ColumnSums(x, 4, -3, sums));
        string message = Assert.Throws<ArgumentException>("x", () => Reductions.ColumnSums(x, 5, 3, sums)).Message;
        Assert.StartsWith("'x' holds 12 values, expected 15.", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("destination", () => Reductions.ColumnSums(x, 3, 4, sums));
        Assert.Throws<ArgumentException>("destination", () => Reductions.ColumnSums(x, 4, 3, x.AsSpan(0, 3)));
        Assert.Throws<ArgumentException>("x", () => Reductions.ColumnSums(x, 1 << 16, 1 << 16, sums));
        Assert.Equal([7, 7, 7], sums);
    }
}
