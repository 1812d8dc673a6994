using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class GradientDescentStepTests
{
    private const float LearningRate = 0.1f;

    /// <summary>One rounding of the kernel, one of the twin.</summary>
    [Fact]
    public void Twenty_steps_are_those_of_the_reference() => StepChecks.Follow(
        Update, (ref p, g, _, _) => StepReference.GradientDescent(ref p, g, LearningRate), stateCount: 0, roundings: 2);

    [Fact]
    public void The_bits_are_the_same_at_every_width() => StepChecks.SameAtEveryWidth(new GradientDescentStep.Rule(LearningRate));

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads() => StepChecks.SameForAnyNumberOfThreads(Update, stateCount: 0);

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        StepChecks.RefuseWrongSpans(Update);
        float[] p = [1];
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => GradientDescentStep.Update(p, [1], 0));
        Assert.Throws<ArgumentOutOfRangeException>("maxThreads", () => GradientDescentStep.Update(p, [1], 1, maxThreads: -1));
        Assert.Equal([1], p);
    }

    private static void Update(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step) =>
        GradientDescentStep.Update(p, g, LearningRate);
}
