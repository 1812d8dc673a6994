using System.Diagnostics;
using SimdNet.Data;

namespace SimdNet.Peers.Learning;

/// <summary>How far someone is.</summary>
/// <param name="Steps">Steps made.</param>
/// <param name="Seconds">The time of them.</param>
/// <param name="Accuracy">The share of the test set that is classified rightly then.</param>
internal readonly record struct Progress(int Steps, double Seconds, double Accuracy);

/// <summary>Someone who trains a network.</summary>
internal abstract class Learner(string name)
{
    private readonly List<Progress> _progress = [];
    private readonly Stopwatch _clock = new();
    private int _steps;

    public string Name => name;

    /// <summary>Makes a step of each batch, and is tested.</summary>
    public void Take(IReadOnlyList<Exercise> turn, Dataset test)
    {
        foreach (Exercise exercise in turn)
        {
            Step(exercise, _clock);
            _steps++;
        }

        _progress.Add(new(_steps, _clock.Elapsed.TotalSeconds, (double)CountCorrect(test) / test.Count));
    }

    /// <summary>Where the accuracy was first that high.</summary>
    /// <exception cref="PeersException">It never was.</exception>
    public Progress Reached(double accuracy) => _progress.Exists(point => point.Accuracy >= accuracy)
        ? _progress.Find(point => point.Accuracy >= accuracy)
        : throw new PeersException($"{name} never was at {accuracy:P2}: its best was {_progress.Max(point => point.Accuracy):P2}.");

    public override string ToString() =>
        $"{name,-9} step {_steps,5}  {_clock.Elapsed.TotalSeconds,6:F2} s  {_progress[^1].Accuracy:P2}";

    /// <summary>A step, of which the clock sees what is training.</summary>
    protected abstract void Step(Exercise exercise, Stopwatch clock);

    protected abstract int CountCorrect(Dataset test);
}
