using SimdNet.Data;
using SimdNet.Peers.Nets;
using SimdNet.Training;

namespace SimdNet.Peers.Learning;

/// <summary>A training by everyone. Its work, and its limit, are those of a step.</summary>
internal sealed record LearningCase(string Name, double Work, Func<double> Limit)
    : Case(Name, Work, new("SimdNet", () => { }), [], () => { }, Limit)
{
    public required Net Net { get; init; }

    public required Lesson Lesson { get; init; }

    public required Dataset Test { get; init; }

    /// <summary>The accuracy to reach.</summary>
    public required double Target { get; init; }

    /// <summary>SimdNet, then libtorch, with the same parameters.</summary>
    public Learner[] Learners()
    {
        Network network = Net.ToNetwork();
        return [new SimdNetLearner(network, Lesson), new TorchLearner(Net, network, Lesson)];
    }

    /// <summary>Some steps by learners that are forgotten: what is compiled, loaded and allocated once is so before the race.</summary>
    public void WarmUp()
    {
        Exercise[] steps = [.. Lesson.Turns(WarmUpSteps).First()];
        foreach (Learner learner in Learners())
        {
            learner.Take(steps, Test);
        }
    }

    private const int WarmUpSteps = 30;
}
