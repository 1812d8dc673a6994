using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class MomentumStepTests
{
    private const float LearningRate = 0.1f, Beta = 0.9f;

    public static TheoryData<MomentumForm, bool> Forms => new()
    {
        { MomentumForm.Averaged, false },
        { MomentumForm.Averaged, true },
        { MomentumForm.Accumulated, false },
        { MomentumForm.Accumulated, true },
    };

    /// <summary>m: 1 - β, product, multiply-add; with Nesterov the last two once more; p one more; and one for the twin.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Twenty_steps_are_those_of_the_reference(MomentumForm form, bool nesterov) => StepChecks.Follow(
        Update(form, nesterov), Twin(form, nesterov), stateCount: 1, roundings: 7);

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_bits_are_the_same_at_every_width(MomentumForm form, bool nesterov)
    {
        MomentumStep.Rule rule = new(LearningRate, Beta, form);
        if (nesterov)
        {
            StepChecks.SameAtEveryWidth(new MomentumStep.NesterovRule(rule));
        }
        else
        {
            StepChecks.SameAtEveryWidth(rule);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_bits_are_the_same_for_any_number_of_threads(MomentumForm form, bool nesterov) =>
        StepChecks.SameForAnyNumberOfThreads(Update(form, nesterov), stateCount: 1);

    [Fact]
    public void A_mean_is_as_long_as_what_it_is_the_mean_of_and_a_sum_longer()
    {
        float[] mean = [0], sum = [0], p = [0];
        for (int step = 0; step < 1000; step++)
        {
            MomentumStep.Update(p, [1], mean, LearningRate, Beta);
            MomentumStep.Update(p, [1], sum, LearningRate, Beta, MomentumForm.Accumulated);
        }

        Assert.Equal(1, mean[0], 1e-5);
        Assert.Equal(1 / (1 - Beta), sum[0], 1e-4);
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        StepChecks.RefuseWrongSpans(Update(MomentumForm.Averaged, nesterov: false), "m");
        float[] p = [1], m = [2];
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => MomentumStep.Update(p, [1], m, float.NaN, Beta));
        Assert.Throws<ArgumentOutOfRangeException>("beta", () => MomentumStep.Update(p, [1], m, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("form", () => MomentumStep.Update(p, [1], m, 1, Beta, (MomentumForm)2));
        Assert.Equal([1, 2], [.. p, .. m]);
    }

    private static StepChecks.Kernel Update(MomentumForm form, bool nesterov) =>
        (p, g, s0, _, _, _) => MomentumStep.Update(p, g, s0, LearningRate, Beta, form, nesterov);

    private static StepChecks.Twin Twin(MomentumForm form, bool nesterov) => (form, nesterov) switch
    {
        (MomentumForm.Averaged, false) => (ref p, g, s, _) => StepReference.Averaged(ref p, g, s, LearningRate, Beta),
        (MomentumForm.Averaged, true) => (ref p, g, s, _) => StepReference.AveragedNesterov(ref p, g, s, LearningRate, Beta),
        (_, false) => (ref p, g, s, _) => StepReference.Accumulated(ref p, g, s, LearningRate, Beta),
        (_, true) => (ref p, g, s, _) => StepReference.AccumulatedNesterov(ref p, g, s, LearningRate, Beta),
    };
}
