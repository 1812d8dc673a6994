using System.Diagnostics;

namespace SimdNet.Cli;

/// <summary>Plain lines, for files and pipes: one per epoch, and one now and then in an epoch that takes long.</summary>
internal sealed class TrainingViewPlain(TrainingRun run, Terminal terminal) : TrainingView
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    private long _written;

    public override Metrics Watch(CancellationToken interrupt)
    {
        Write(run.Description);
        return run.Run(this, interrupt);
    }

    public override void Stepped(in TrainingProgress progress)
    {
        if (Stopwatch.GetElapsedTime(_written) > s_longest)
        {
            Write($"epoch {progress.Epoch}/{run.Settings.Recipe.Epochs}  loss {progress.Loss:F4}  {progress.Samples}/{run.TotalSamples} samples");
        }
    }

    public override void EpochEnded(EpochMetrics epoch) => Write(
        $"epoch {epoch.Epoch}/{run.Settings.Recipe.Epochs}  loss {epoch.Loss:F4}  test accuracy {epoch.TestAccuracy:P2}  {epoch.Seconds:F2} s");

    private void Write(string line)
    {
        terminal.WriteLine(line);
        _written = Stopwatch.GetTimestamp();
    }
}
