using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public sealed class ScheduleTests
{
    [Fact]
    public void A_constant_is_one() => Is(Schedule.Constant, (0, 1), (1_000_000, 1));

    [Fact]
    public void A_line_falls_to_its_end_and_stays_there()
    {
        Is(Schedule.Linear(4), (0, 1), (1, 0.75), (2, 0.5), (4, 0), (5, 0));
        Assert.Equal(1e-6f, Schedule.Linear(1_000_000).Factor(999_999)); // to the last digit, however near the end
        Is(Schedule.Linear(10, end: 0.5f), (0, 1), (5, 0.75), (10, 0.5), (1000, 0.5));
    }

    [Fact]
    public void An_exponential_is_a_power() => Is(Schedule.Exponential(0.5f), (0, 1), (1, 0.5), (3, 0.125), (1_000_000_000, 0));

    [Fact]
    public void Steps_are_powers_that_last() =>
        Is(Schedule.Step(30, 0.1f), (0, 1), (29, 1), (30, 0.1), (59, 0.1), (60, 0.01), (90, 0.001));

    [Fact]
    public void Half_a_cosine_falls_to_its_end_and_stays_there()
    {
        Is(Schedule.Cosine(6), (0, 1), (1, (1 + Math.Sqrt(0.75)) / 2), (2, 0.75), (3, 0.5), (4, 0.25), (6, 0), (7, 0));
        Is(Schedule.Cosine(6, end: 0.2f), (0, 1), (3, 0.6), (6, 0.2), (100, 0.2));
    }

    [Fact]
    public void A_warm_up_rises_in_a_line_into_any_other()
    {
        Is(Schedule.WarmUp(4, Schedule.Linear(4)), (0, 0.25), (1, 0.5), (3, 1), (4, 1), (5, 0.75), (8, 0));
        Is(Schedule.WarmUp(1, Schedule.Constant), (0, 1), (1, 1));
    }

    /// <summary>PyTorch's, computed by hand: 10 steps, 30 % of which end at step 2.</summary>
    [Fact]
    public void One_cycle_goes_up_and_down() =>
        Is(Schedule.OneCycle(10), (0, 1 / 25.0), (1, (1 + (1 / 25.0)) / 2), (2, 1), (9, 1 / 25.0 / 1e4), (50, 1 / 25.0 / 1e4));

    [Fact]
    public void Without_a_rise_a_cycle_begins_at_its_peak() =>
        Is(Schedule.OneCycle(3, peak: 0, endDivisor: 1), (0, 1), (1, 0.52), (2, 0.04));

    [Fact]
    public void A_slower_pace_is_that_of_epochs() =>
        Is(Schedule.Linear(3).Every(2), (0, 1), (1, 1), (2, 2 / 3.0), (3, 2 / 3.0), (4, 1 / 3.0), (6, 0));

    [Fact]
    public void Your_own_is_what_you_say() => Is(Schedule.Of(t => 1f / (1 + t)), (0, 1), (3, 0.25));

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        void Refuses(string name, Func<object> make) => Assert.Throws<ArgumentOutOfRangeException>(name, make);
        Refuses("totalSteps", () => Schedule.Linear(0));
        Refuses("end", () => Schedule.Linear(1, -1));
        Refuses("gamma", () => Schedule.Exponential(0));
        Refuses("every", () => Schedule.Step(0, 1));
        Refuses("totalSteps", () => Schedule.Cosine(-1));
        Refuses("end", () => Schedule.Cosine(1, float.NaN));
        Refuses("steps", () => Schedule.WarmUp(0, Schedule.Constant));
        Refuses("totalSteps - 1", () => Schedule.OneCycle(1));
        Refuses("peak", () => Schedule.OneCycle(2, 1));
        Refuses("startDivisor", () => Schedule.OneCycle(2, 0.5f, 0));
        Refuses("endDivisor", () => Schedule.OneCycle(2, 0.5f, 1, 0));
        Refuses("steps", () => Schedule.Constant.Every(0));
        Refuses("step", () => Schedule.Constant.Factor(-1));
        Refuses("factor", () => Schedule.Of(_ => -1).Factor(0));
    }

    private static void Is(Schedule schedule, params (long Step, double Factor)[] points) =>
        Assert.All(points, point => Assert.Equal(point.Factor, schedule.Factor(point.Step), 1e-7));
}
