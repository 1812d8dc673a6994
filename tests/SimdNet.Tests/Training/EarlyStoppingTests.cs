using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

[Collection(nameof(Alone))]
public sealed class EarlyStoppingTests
{
    private readonly Network _network = new(Shape.Vector(3), new Dense(2), new Meter());

    [Fact]
    public void It_stops_after_so_many_scores_that_are_not_better()
    {
        EarlyStopping stopping = new(_network, patience: 2);
        Assert.Equal([false, false, false, false, false, true, false], Stops(stopping, 5, 3, 3, 2, 2.5f, 2, 1));
        Assert.Equal((1, 0), (stopping.BestScore, stopping.SinceBest));
    }

    [Fact]
    public void Higher_may_be_better() =>
        Assert.Equal([false, false, true], Stops(new(_network, patience: 1, higherIsBetter: true), 0.5f, 0.7f, 0.6f));

    [Fact]
    public void Better_by_too_little_is_not_better() =>
        Assert.Equal([false, true, false, true], Stops(new(_network, patience: 1, minDelta: 0.5f), 5, 4.5f, 4.25f, 4));

    [Fact]
    public void What_is_no_number_is_never_better()
    {
        EarlyStopping stopping = new(_network, patience: 2);
        Assert.Equal([false, false, false, true], Stops(stopping, float.NaN, 4, float.NaN, float.NaN));
        Assert.Equal(4, stopping.BestScore);
    }

    [Fact]
    public void The_best_parameters_and_statistics_come_back()
    {
        EarlyStopping stopping = new(_network, patience: 1);
        stopping.Restore(); // nothing to give back yet
        float[] start = _network.ParameterSpan.ToArray();
        stopping.ShouldStop(3);
        _network.SetParameter("0.bias", [7, 8]);
        _network.SetParameter("1.steps", [9]);
        float[] best = _network.ParameterSpan.ToArray();
        stopping.ShouldStop(2);
        _network.SetParameter("0.bias", [5, 6]);
        _network.SetParameter("1.steps", [10]);
        stopping.ShouldStop(4);
        long version = _network.Version;

        stopping.Restore();

        Assert.NotEqual(start, best);
        Assert.Equal(best, _network.ParameterSpan.ToArray());
        Assert.True(_network.Version > version);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        EarlyStopping stopping = new(_network, patience: 1);
        float score = 0;
        Allocations.None(() =>
        {
            stopping.ShouldStop(score--);
            stopping.Restore();
        });
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("patience", () => new EarlyStopping(_network, 0));
        Assert.Throws<ArgumentOutOfRangeException>("minDelta", () => new EarlyStopping(_network, 1, -1));
    }

    private static bool[] Stops(EarlyStopping stopping, params float[] scores) => Array.ConvertAll(scores, stopping.ShouldStop);
}
