using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class PartitionedSumTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    /// <summary>A product, and a sum of n/32 in each of 32 lanes with 5 levels of a tree; partitions only make it less.</summary>
    [Fact]
    public void It_is_the_sum()
    {
        for (int length = 0; length <= 129; length++)
        {
            Follows(length, atEnd: true);
            Follows(length, atEnd: false);
        }

        Follows(40_003, atEnd: true);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(32)]
    [InlineData(1003)]
    public void The_bits_are_the_same_at_every_width(int length)
    {
        float[] x = Draws.Normal(length, stream: 1), y = Draws.Normal(length, stream: 2), sums = new float[2];
        int size = (length + 1) / 2;
        fixed (float* x0 = x, y0 = y, sums0 = sums)
        {
            PartitionedSum.Partitions<Product> kernel = new(default, x0, y0, length, size, sums0, start: 0, end: 2);
            Widths.Same(kernel, () => sums.AsSpan().Clear(), () => [.. sums]);
        }
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        float[] x = Draws.Normal(100_003, stream: 1), y = Draws.Normal(100_003, stream: 2);
        double[] sums = Array.ConvertAll((int[])[1, 2, 3], threads =>
        {
            WorkerTeam.Size = threads;
            return PartitionedSum.Of(default(Product), x, y);
        });
        Assert.All(sums, sum => Assert.Equal(sums[0], sum));
    }

    [Fact]
    public void Beyond_a_thousand_partitions_they_grow()
    {
        float[] ones = new float[(1 << 24) + 12_345];
        Array.Fill(ones, 1);
        Assert.Equal(ones.Length, PartitionedSum.Of(default(Product), ones, ones));
    }

    private static void Follows(int length, bool atEnd)
    {
        using GuardedBuffer x = new(length, atEnd), y = new(length, atEnd);
        Draws.Normal(length, stream: 1).CopyTo(x.Span);
        Draws.Normal(length, stream: 2).CopyTo(y.Span);
        double expected = 0, magnitude = 0;
        for (int i = 0; i < length; i++)
        {
            expected += (double)x.Span[i] * y.Span[i];
            magnitude += Math.Abs((double)x.Span[i] * y.Span[i]);
        }

        double bound = Tolerance.Gamma((length / 32) + 7) * magnitude;
        Assert.InRange(PartitionedSum.Of(default(Product), x.Span, y.Span) - expected, -bound, bound);
    }

    private readonly struct Product : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x * y;
    }
}
