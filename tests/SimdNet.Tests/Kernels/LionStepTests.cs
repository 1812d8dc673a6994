using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class LionStepTests
{
    private const float LearningRate = 1e-2f, Beta1 = 0.9f, Beta2 = 0.99f, Decay = 0.1f;

    /// <summary>
    /// m: 1 - β, product, multiply-add; p: 1 - ηλ, multiply-add; and one for the twin. No mean of these draws is so near to 0.
    /// </summary>
    [Fact]
    public void Twenty_steps_are_those_of_the_reference() => StepChecks.Follow(
        Update, (ref p, g, s, _) => StepReference.Lion(ref p, g, s, LearningRate, Beta1, Beta2, Decay), stateCount: 1, roundings: 5);

    [Fact]
    public void The_bits_are_the_same_at_every_width() => StepChecks.SameAtEveryWidth(new LionStep.Rule(LearningRate, Beta1, Beta2, Decay));

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads() => StepChecks.SameForAnyNumberOfThreads(Update, stateCount: 1);

    [Fact]
    public void Every_step_has_one_length_and_of_nothing_none()
    {
        float[] p = [0, 0, 0, 0], m = new float[4];
        LionStep.Update(p, [1e30f, -1e-30f, 0, float.NaN], m, LearningRate, Beta1, Beta2);
        Assert.Equal([-LearningRate, LearningRate, 0, float.NaN], p);
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        StepChecks.RefuseWrongSpans(Update, "m");
        float[] p = [1], m = [2];
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => LionStep.Update(p, [1], m, 0, Beta1, Beta2));
        Assert.Throws<ArgumentOutOfRangeException>("beta1", () => LionStep.Update(p, [1], m, 1, 1, Beta2));
        Assert.Throws<ArgumentOutOfRangeException>("beta2", () => LionStep.Update(p, [1], m, 1, Beta1, -1));
        Assert.Throws<ArgumentOutOfRangeException>("weightDecay", () => LionStep.Update(p, [1], m, 1, Beta1, Beta2, -1));
        Assert.Equal([1, 2], [.. p, .. m]);
    }

    private static void Update(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step) =>
        LionStep.Update(p, g, s0, LearningRate, Beta1, Beta2, Decay);
}
