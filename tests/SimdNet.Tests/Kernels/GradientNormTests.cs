using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed class GradientNormTests
{
    /// <summary>Four roundings of the transform, twice in a square, and the sum of <see cref="PartitionedSumTests"/>.</summary>
    [Theory]
    [InlineData(1, 0, 0, float.PositiveInfinity)]
    [InlineData(0.3f, 0.1f, 0.2f, float.PositiveInfinity)]
    [InlineData(0.3f, 0.1f, 0.2f, 0.5f)]
    public void It_is_the_reference(float scale, float l2, float l1, float limit)
    {
        const int Length = 20_003;
        float[] g = Draws.Normal(Length, stream: 1), p = Draws.Normal(Length, stream: 2);
        double expected = 0, magnitude = 0;
        for (int i = 0; i < Length; i++)
        {
            double value = StepReference.Transform(g[i], p[i], scale, l2, l1, limit);
            double largest = Math.Abs(scale * g[i]) + Math.Abs(l2 * p[i]) + l1;
            expected += value * value;
            magnitude += largest * largest;
        }

        double bound = Tolerance.Gamma((Length / 32) + 15) * magnitude;
        GradientTransform transform = new() { Scale = scale, L2 = l2, L1 = l1, Limit = limit };
        Assert.InRange(GradientNorm.SumOfSquares(g, p, transform) - expected, -bound, bound);
    }

    [Fact]
    public void Of_nothing_it_is_zero_and_of_too_much_infinite()
    {
        Assert.Equal(0, GradientNorm.SumOfSquares([], []));
        Assert.Equal(25, GradientNorm.SumOfSquares([3, -4], [1, 1]));
        Assert.Equal(double.PositiveInfinity, GradientNorm.SumOfSquares([1e30f], [1]));
        Assert.Equal(double.NaN, GradientNorm.SumOfSquares([float.NaN, 1], [1, 1]));
    }

    [Fact]
    public void Lengths_must_be_equal() => Assert.Throws<ArgumentException>("p", () => GradientNorm.SumOfSquares([1], [1, 2]));
}
