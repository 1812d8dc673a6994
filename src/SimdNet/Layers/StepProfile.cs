using System.Diagnostics;

namespace SimdNet.Layers;

/// <summary>
/// Where the time of steps goes: give one to a <c>Trainer</c> or a <c>Predictor</c>, and read it after some steps.
/// </summary>
/// <remarks>
/// At any time a step is in one entry, and the clock is read where it goes over into another: the entries' times add up to the steps', to
/// the tick. That reading is all that a profile adds, some 25 ns for each; nothing is allocated after the first step, and no bit of a result
/// depends on it.
/// </remarks>
public sealed class StepProfile
{
    private readonly List<ProfileEntry> _entries = []; // in the order in which they were first met
    private readonly ProfileEntry _rest = new(null, StepPhase.Rest, path: "", name: "rest", default);
    private long _since;
    private int _last = -1; // the entry that was last looked for

    /// <summary>A profile of no steps yet.</summary>
    public StepProfile() => Current = _rest;

    /// <summary>Steps, or predictions, that came to their end.</summary>
    public long Steps { get; private set; }

    /// <summary>The parts of a step in the order in which they were first met, and last what is none of them.</summary>
    public IReadOnlyList<ProfileEntry> Entries => [.. _entries, _rest];

    /// <summary>The time of the steps: the sum of all entries'.</summary>
    public double Seconds => Entries.Sum(entry => entry.Seconds);

    /// <summary>Where the step is.</summary>
    internal ProfileEntry Current { get; private set; }

    /// <summary>Forgets the steps so far; entries remain.</summary>
    public void Clear()
    {
        Steps = 0;
        foreach (ProfileEntry entry in Entries)
        {
            entry.Clear();
        }
    }

    /// <summary>A step begins.</summary>
    internal void Begin() => (Current, _since) = (_rest, Stopwatch.GetTimestamp());

    /// <summary>The step has come to its end.</summary>
    internal void End()
    {
        EnterRest();
        Steps++;
    }

    /// <summary>The time until now was the current entry's; from now on it is this one's.</summary>
    internal void Enter(ProfileEntry entry)
    {
        long now = Stopwatch.GetTimestamp();
        Current.Ticks += now - _since;
        (Current, _since) = (entry, now);
    }

    internal void EnterRest() => Enter(_rest);

    internal void EnterForward(Stage stage, int samples)
    {
        ProfileEntry entry = Find(stage, StepPhase.Forward) ?? Add(stage, StepPhase.Forward, StageWork.Forward(stage));
        entry.Count(samples);
        Enter(entry);
    }

    internal void EnterBackward(Stage stage, int samples, bool wantsDInput)
    {
        ProfileEntry entry = Find(stage, StepPhase.Backward) ?? Add(stage, StepPhase.Backward, StageWork.Backward(stage, wantsDInput));
        entry.Count(samples);
        Enter(entry);
    }

    /// <summary>What is no layer is named by its type.</summary>
    internal void Enter(StepPhase phase, object part, long bytes)
    {
        ProfileEntry entry = Find(part, phase) ?? Add(new(part, phase, path: "", part.GetType().Name, default));
        entry.Count(samples: 0, bytes);
        Enter(entry);
    }

    /// <summary>Steps meet the same parts in the same order: the one that is looked for is nearly always the next.</summary>
    private ProfileEntry? Find(object part, StepPhase phase)
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            _last = _last + 1 < _entries.Count ? _last + 1 : 0;
            if (_entries[_last].Part == part && _entries[_last].Phase == phase)
            {
                return _entries[_last];
            }
        }

        return null;
    }

    private ProfileEntry Add(Stage stage, StepPhase phase, StageWork work) => Add(new(stage, phase, stage.Path, stage.PassName, work));

    private ProfileEntry Add(ProfileEntry entry)
    {
        _last = _entries.Count;
        _entries.Add(entry);
        return entry;
    }
}
