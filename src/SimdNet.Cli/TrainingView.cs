namespace SimdNet.Cli;

/// <summary>Shows a training while it runs.</summary>
internal abstract class TrainingView
{
    /// <summary>The view that suits a terminal.</summary>
    public static TrainingView For(TrainingRun run, Terminal terminal) =>
        terminal.Live is { } console ? new TrainingViewLive(run, console) : new TrainingViewPlain(run, terminal);

    /// <summary>Runs the training in sight.</summary>
    public abstract Metrics Watch(CancellationToken interrupt);

    /// <summary>Some steps were made; the training waits meanwhile.</summary>
    public abstract void Stepped(in TrainingProgress progress);

    /// <summary>An epoch was ended.</summary>
    public abstract void EpochEnded(EpochMetrics epoch);
}
