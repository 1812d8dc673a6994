using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class AdagradStepTests
{
    private const float LearningRate = 0.1f, Epsilon = 1e-10f;

    /// <summary>v has one, which the root halves; root, sum, product, quotient, p: 5; and one for the twin.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e-10f)] // as small as ε
    public void Twenty_steps_are_those_of_the_reference(float deviation) => StepChecks.Follow(
        Update, (ref p, g, s, _) => StepReference.Adagrad(ref p, g, s, LearningRate, Epsilon), 1, roundings: 7, deviation);

    [Fact]
    public void The_bits_are_the_same_at_every_width() => StepChecks.SameAtEveryWidth(new AdagradStep.Rule(LearningRate, Epsilon));

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads() => StepChecks.SameForAnyNumberOfThreads(Update, stateCount: 1);

    [Fact]
    public void Step_t_of_a_constant_gradient_is_that_of_the_first_over_the_root_of_t()
    {
        float[] p = [0], v = [0];
        AdagradStep.Update(p, [3], v, LearningRate, Epsilon);
        Assert.Equal(-LearningRate, p[0], 1e-7);
        float before = p[0];
        AdagradStep.Update(p, [3], v, LearningRate, Epsilon);
        Assert.Equal(before - (LearningRate / Math.Sqrt(2)), p[0], 1e-7);
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        StepChecks.RefuseWrongSpans(Update, "v");
        float[] p = [1], v = [2];
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => AdagradStep.Update(p, [1], v, -1, Epsilon));
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => AdagradStep.Update(p, [1], v, 1, 0));
        Assert.Equal([1, 2], [.. p, .. v]);
    }

    private static void Update(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step) =>
        AdagradStep.Update(p, g, s0, LearningRate, Epsilon);
}
