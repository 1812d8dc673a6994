using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class ParameterUpdateTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(67)]
    public void A_gradient_changed_inside_the_pass_is_one_changed_before(int length)
    {
        GradientTransform transform = new() { Scale = 0.3f, L2 = 0.1f, L1 = 0.2f, Limit = 0.5f };
        float[] start = Draws.Normal(length, stream: 1), gradient = Draws.Normal(length, stream: 2), changed = new float[length];
        Loops.Zip(transform, gradient, start, changed);

        float[] p = [.. start], m = new float[length], v = new float[length];
        AdamStep.Update(p, gradient, m, v, 0.1f, 0.9f, 0.99f, 1e-8f, step: 1, transform: transform);
        float[] p2 = [.. start], m2 = new float[length], v2 = new float[length];
        AdamStep.Update(p2, changed, m2, v2, 0.1f, 0.9f, 0.99f, 1e-8f, step: 1);

        Assert.Equal(Widths.Bits([.. p2, .. m2, .. v2]), Widths.Bits([.. p, .. m, .. v]));
        Assert.NotEqual(gradient, changed);
    }

    [Fact]
    public void What_changes_nothing_has_the_bits_of_nothing()
    {
        float[] start = Draws.Normal(67, stream: 1), gradient = Draws.Normal(67, stream: 2);
        float[] plain = [.. start], identity = [.. start], bounded = [.. start];
        GradientDescentStep.Update(plain, gradient, 0.1f);
        GradientDescentStep.Update(identity, gradient, 0.1f, new GradientTransform());
        GradientDescentStep.Update(bounded, gradient, 0.1f, new GradientTransform { Limit = 1e30f });
        Assert.Equal(plain, identity);
        Assert.Equal(plain, bounded);
    }

    /// <summary>A chosen rule for each number of states.</summary>
    [Fact]
    public void Zeros_stay_zeros()
    {
        float[] p = new float[20], g = new float[20], s = new float[20], s2 = new float[20], s3 = new float[20];
        GradientTransform transform = new() { Scale = 0.3f, L2 = 0.1f, L1 = 0.2f, Limit = 0.5f };
        GradientDescentStep.Update(p, g, 1, transform);
        MomentumStep.Update(p, g, s, 1, 0.9f, transform: transform);
        RMSPropStep.Update(p, g, s, 1, 0.9f, 1e-8f, transform);
        AdagradStep.Update(p, g, s, 1, 1e-8f, transform);
        LionStep.Update(p, g, s, 1, 0.9f, 0.9f, 0.1f, transform);
        AdamStep.Update(p, g, s, s2, s3, 1, 0.9f, 0.9f, 1e-8f, 1, 0.1f, transform);
        Assert.All([.. p, .. s, .. s2, .. s3], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        WorkerTeam.Size = 2;
        const int Length = 70_000;
        float[] p = Draws.Normal(Length, stream: 1), g = Draws.Normal(Length, stream: 2), m = new float[Length], v = new float[Length];
        float[] vMax = new float[Length];
        GradientTransform transform = new() { Scale = 0.3f, L2 = 0.1f, L1 = 0.2f, Limit = 0.5f };
        Allocations.None(() =>
        {
            AdamStep.Update(p, g, m, v, 1e-3f, 0.9f, 0.99f, 1e-8f, step: 1);
            AdamStep.Update(p, g, m, v, vMax, 1e-3f, 0.9f, 0.99f, 1e-8f, step: 1, transform: transform);
            GradientDescentStep.Update(p, g, 1e-3f, transform);
            GradientNorm.SumOfSquares(g, p, transform);
            Penalty.Of(p, 0.1f, 0.1f);
        });
    }
}
