using SimdNet.Benchmarks.Gate;
using Xunit;

namespace SimdNet.Tests.Gate;

public sealed class JudgementTests
{
    [Theory]
    [InlineData(0.80, 0.00, Verdict.Held)]
    [InlineData(0.73, 0.00, Verdict.Held)] // less than a tenth
    [InlineData(0.71, 0.00, Verdict.Fallen)]
    [InlineData(0.71, 0.08, Verdict.Held)] // twice that is 0.16
    [InlineData(0.66, 0.08, Verdict.Fallen)]
    [InlineData(0.71, 0.10, Verdict.Unsure)] // 0.2 would excuse too much
    [InlineData(0.73, 0.10, Verdict.Held)] // whatever the noise
    [InlineData(0.50, 0.10, Verdict.Fallen)] // nor does it excuse everything
    [InlineData(0.89, 0.00, Verdict.Risen)]
    [InlineData(0.89, 0.08, Verdict.Held)]
    public void A_share_is_judged_by_its_change_and_the_noise(double share, double noise, object expected) =>
        Assert.Equal((Verdict)expected, new Judgement(new(share, noise), Expected: 0.8).Verdict);

    [Theory]
    [InlineData(0.00)]
    [InlineData(0.04)]
    [InlineData(0.09)] // beyond that the case is measured again
    public void A_kernel_that_takes_30_percent_longer_has_fallen(double noise) =>
        Assert.Equal(Verdict.Fallen, new Judgement(new(0.8 / 1.3, noise), Expected: 0.8).Verdict);

    [Fact]
    public void Without_an_expectation_nothing_has_fallen()
    {
        Assert.Equal(Verdict.New, new Judgement(new(0.1, 0.01), Expected: null).Verdict);
        Assert.Equal(Verdict.Unsure, new Judgement(new(0.1, 0.1), Expected: null).Verdict);
        Assert.False(new Judgement(new(0.1, 0.01), Expected: null).IsSuspect);
    }

    [Fact]
    public void One_good_reading_clears_a_case_and_no_noisy_one_convicts_it()
    {
        Reading slow = new(0.6, 0.01), noisy = new(0.7, 0.1), good = new(0.79, 0.01);

        Assert.Equal(Verdict.Held, Judgement.Of([slow, noisy, good], 0.8).Verdict);
        Assert.Equal(Verdict.Unsure, Judgement.Of([slow, slow, noisy], 0.8).Verdict);
        Judgement fallen = Judgement.Of([slow, new(0.61, 0.01), slow], 0.8);
        Assert.Equal((Verdict.Fallen, 0.61), (fallen.Verdict, fallen.Reading.Share));
    }

    [Fact]
    public void A_fall_is_told_with_both_numbers_and_the_threshold() => Assert.Equal(
        "61.0 % of the limit, expected 80.0 %: 23.8 % less, where noise explains 12.0 %",
        new Judgement(new(0.61, 0.06), 0.8).ToString());

    [Fact]
    public void A_reading_is_the_median_of_the_passes_and_their_mean_deviation()
    {
        Assert.Equal(new Reading(0.5, 0), Reading.Of([0.5, 0.5, 0.5]));
        Reading disturbed = Reading.Of([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]);
        Assert.Equal(0.5, disturbed.Share);
        Assert.Equal(1.0 / 9, disturbed.Noise, 1e-12); // two of nine, half of it away
    }
}
