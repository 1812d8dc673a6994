using System.Diagnostics;
using SimdNet.Data;
using SimdNet.Training;

namespace SimdNet.Peers.Learning;

/// <summary>SimdNet, called as a user would.</summary>
internal sealed class SimdNetLearner : Learner
{
    private readonly Trainer _trainer;
    private readonly Predictor _predictor;

    public SimdNetLearner(Network network, Lesson lesson)
        : base("SimdNet")
    {
        _trainer = new(
            network, new SoftmaxCrossEntropy(Lesson.LabelSmoothing), new Adam(Lesson.Rate, Lesson.Beta1, Lesson.Beta2, Lesson.Epsilon),
            lesson.BatchSize, seed: 1)
        {
            Schedule = lesson.Schedule,
        };
        _predictor = network.CreatePredictor(lesson.BatchSize);
    }

    protected override void Step(Exercise exercise, Stopwatch clock)
    {
        clock.Start();
        _trainer.Step(exercise.Inputs, exercise.Labels);
        clock.Stop();
    }

    protected override int CountCorrect(Dataset test) => _predictor.CountCorrect(test);
}
