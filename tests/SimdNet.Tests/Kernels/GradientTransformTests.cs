using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed class GradientTransformTests
{
    /// <summary>Three roundings, and one for the twin.</summary>
    [Theory]
    [InlineData(1, 0, 0, float.PositiveInfinity)]
    [InlineData(0.3f, 0, 0, float.PositiveInfinity)]
    [InlineData(1, 0.1f, 0, float.PositiveInfinity)]
    [InlineData(1, 0, 0.2f, float.PositiveInfinity)]
    [InlineData(1, 0, 0, 0.5f)]
    [InlineData(0.3f, 0.1f, 0.2f, 0.5f)]
    public void It_is_the_reference(float scale, float l2, float l1, float limit)
    {
        float[] g = [.. Draws.Normal(67, stream: 1), 0, 1], p = [.. Draws.Normal(67, stream: 2), 0, -0f];
        float[] changed = new float[g.Length];
        Loops.Zip(new GradientTransform { Scale = scale, L2 = l2, L1 = l1, Limit = limit }, g, p, changed);
        for (int i = 0; i < g.Length; i++)
        {
            double bound = Tolerance.Gamma(4) * (Math.Abs(scale * g[i]) + Math.Abs(l2 * p[i]) + l1);
            Assert.InRange(changed[i] - StepReference.Transform(g[i], p[i], scale, l2, l1, limit), -bound, bound);
        }
    }

    [Fact]
    public void What_is_no_number_stays_so_and_what_is_too_large_is_cut()
    {
        float[] changed = new float[4];
        GradientTransform transform = new() { Limit = 2 };
        Loops.Zip(transform, [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1], new float[4], changed);
        Assert.Equal([float.NaN, 2, -2, 1], changed);
    }

    [Fact]
    public void Only_what_is_set_is_no_identity()
    {
        Assert.True(new GradientTransform().IsIdentity);
        Assert.True(new GradientTransform { Scale = 1, L2 = 0, L1 = 0, Limit = float.PositiveInfinity }.IsIdentity);
        Assert.False(new GradientTransform { Scale = 0.5f }.IsIdentity);
        Assert.False(new GradientTransform { L2 = 1 }.IsIdentity);
        Assert.False(new GradientTransform { L1 = 1 }.IsIdentity);
        Assert.False(new GradientTransform { Limit = 1 }.IsIdentity);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void Numbers_out_of_range_are_refused(float value)
    {
        Assert.Throws<ArgumentOutOfRangeException>("Scale", () => new GradientTransform { Scale = value });
        Assert.Throws<ArgumentOutOfRangeException>("L2", () => new GradientTransform { L2 = value });
        Assert.Throws<ArgumentOutOfRangeException>("L1", () => new GradientTransform { L1 = value });
        Assert.Throws<ArgumentOutOfRangeException>("Limit", () => new GradientTransform { Limit = value });
    }
}
