using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class RMSPropStepTests
{
    private const float LearningRate = 0.1f, Alpha = 0.99f, Epsilon = 1e-8f;

    /// <summary>v has 4, which the root halves; root, sum, product, quotient, p: 5; and one for the twin.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e-8f)] // as small as ε
    public void Twenty_steps_are_those_of_the_reference(float deviation) => StepChecks.Follow(
        Update, (ref p, g, s, _) => StepReference.RMSProp(ref p, g, s, LearningRate, Alpha, Epsilon), 1, roundings: 8, deviation);

    [Fact]
    public void The_bits_are_the_same_at_every_width() => StepChecks.SameAtEveryWidth(new RMSPropStep.Rule(LearningRate, Alpha, Epsilon));

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads() => StepChecks.SameForAnyNumberOfThreads(Update, stateCount: 1);

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        StepChecks.RefuseWrongSpans(Update, "v");
        float[] p = [1], v = [2];
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => RMSPropStep.Update(p, [1], v, -1, Alpha, Epsilon));
        Assert.Throws<ArgumentOutOfRangeException>("alpha", () => RMSPropStep.Update(p, [1], v, 1, 1, Epsilon));
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => RMSPropStep.Update(p, [1], v, 1, Alpha, 0));
        Assert.Equal([1, 2], [.. p, .. v]);
    }

    private static void Update(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step) =>
        RMSPropStep.Update(p, g, s0, LearningRate, Alpha, Epsilon);
}
