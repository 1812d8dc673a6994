using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class AdamStepTests
{
    private const float LearningRate = 1e-3f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    /// <summary>
    /// m has 3, v has 4, which the root halves; η's factor, root, the root's factor, multiply-add, product, quotient, 1 - ηλ, p: 8; and one
    /// for the twin.
    /// </summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.1f)]
    [InlineData(1e-8f, 0)] // as small as ε
    public void Twenty_steps_are_those_of_the_reference(float deviation, float decay) => StepChecks.Follow(
        (p, g, m, v, _, step) => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, Epsilon, step, decay),
        (ref p, g, s, step) => StepReference.Adam(ref p, g, s, LearningRate, Beta1, Beta2, Epsilon, decay, step),
        stateCount: 2,
        roundings: 14,
        deviation);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.1f)]
    [InlineData(1e-8f, 0)]
    public void Twenty_steps_with_the_maximum_are_those_of_the_reference(float deviation, float decay) => StepChecks.Follow(
        (p, g, m, v, vMax, step) => AdamStep.Update(p, g, m, v, vMax, LearningRate, Beta1, Beta2, Epsilon, step, decay),
        (ref p, g, s, step) => StepReference.AMSGrad(ref p, g, s, LearningRate, Beta1, Beta2, Epsilon, decay, step),
        stateCount: 3,
        roundings: 14,
        deviation);

    [Fact]
    public void The_first_step_has_the_length_of_the_learning_rate()
    {
        float[] p = [0, 0, 0], m = new float[3], v = new float[3];
        AdamStep.Update(p, [100, -1e-3f, 0], m, v, LearningRate, Beta1, Beta2, Epsilon, step: 1);

        Assert.InRange(p[0], -1.0001e-3f, -0.9999e-3f);
        Assert.InRange(p[1], 0.9999e-3f, 1.0001e-3f);
        Assert.Equal(0, p[2]);
    }

    [Fact]
    public void The_bits_are_the_same_at_every_width()
    {
        AdamStep.Rule rule = new(LearningRate, Beta1, Beta2, Epsilon, step: 3, weightDecay: 0.1f);
        StepChecks.SameAtEveryWidth(rule);
        StepChecks.SameAtEveryWidth(new AdamStep.MaximumRule(rule));
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        StepChecks.SameForAnyNumberOfThreads(Update, stateCount: 2);
        StepChecks.SameForAnyNumberOfThreads(UpdateMaximum, stateCount: 3);
    }

    [Fact]
    public void After_a_billion_steps_there_is_nothing_to_correct()
    {
        float[] p = [1], m = [0.5f], v = [0.25f];
        AdamStep.Update(p, [0.5f], m, v, LearningRate, Beta1, Beta2, Epsilon, step: 1_000_000_000);
        Assert.InRange(p[0], 0.9989999f, 0.9990001f);
    }

    [Fact]
    public void Not_a_number_stays_so()
    {
        float[] p = [1], m = [0], v = [0], vMax = [1];
        AdamStep.Update(p, [float.NaN], m, v, vMax, LearningRate, Beta1, Beta2, Epsilon, step: 1);
        Assert.All([.. p, .. m, .. v, .. vMax], value => Assert.Equal(float.NaN, value));
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        StepChecks.RefuseWrongSpans(Update, "m", "v");
        StepChecks.RefuseWrongSpans(UpdateMaximum, "m", "v", "vMax");
        float[] p = [1, 2], g = [1, 1], m = new float[2], v = new float[2];
        void Refuses(string name, Action update) => Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(update).ParamName);

        foreach (float rate in (float[])[0, -1, float.NaN, float.PositiveInfinity])
        {
            Refuses("learningRate", () => AdamStep.Update(p, g, m, v, rate, Beta1, Beta2, Epsilon, 1));
            Refuses("epsilon", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, rate, 1));
        }

        foreach (float beta in (float[])[-0.1f, 1, float.NaN])
        {
            Refuses("beta1", () => AdamStep.Update(p, g, m, v, LearningRate, beta, Beta2, Epsilon, 1));
            Refuses("beta2", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, beta, Epsilon, 1));
        }

        Refuses("step", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, Epsilon, 0));
        Refuses("weightDecay", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, Epsilon, 1, -1));
        Refuses("maxThreads", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, Epsilon, 1, maxThreads: -1));
        Assert.Equal([1, 2, 0, 0, 0, 0], [.. p, .. m, .. v]);
    }

    private static void Update(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step) =>
        AdamStep.Update(p, g, s0, s1, LearningRate, Beta1, Beta2, Epsilon, step);

    private static void UpdateMaximum(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step) =>
        AdamStep.Update(p, g, s0, s1, s2, LearningRate, Beta1, Beta2, Epsilon, step);
}
