using SimdNet.Kernels;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed class PenaltyTests
{
    /// <summary>Two roundings, and the sum of <see cref="PartitionedSumTests"/>.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.3f, 0)]
    [InlineData(0, 0.2f)]
    [InlineData(0.3f, 0.2f)]
    public void It_is_the_sum_of_both_norms(float l2, float l1)
    {
        float[] p = Draws.Normal(20_003, stream: 1);
        double expected = p.Sum(value => (l2 / 2.0 * value * value) + (l1 * (double)Math.Abs(value)));
        double bound = Tolerance.Gamma((p.Length / 32) + 9) * expected;
        Assert.InRange(Penalty.Of(p, l2, l1) - expected, -bound, bound);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("l2", () => Penalty.Of([1], -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("l1", () => Penalty.Of([1], 0, float.NaN));
    }
}
