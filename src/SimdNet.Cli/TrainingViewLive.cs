using Spectre.Console;

namespace SimdNet.Cli;

/// <summary>A table of the epochs that grows, and a bar below it. It is drawn by the training's own thread, between steps.</summary>
internal sealed class TrainingViewLive : TrainingView
{
    private const int BarWidth = 40;

    private readonly TrainingRun _run;
    private readonly IAnsiConsole _console;
    private readonly Table _epochs = new Table().RoundedBorder().AddColumns("epoch", "loss", "test accuracy", "seconds");
    private LiveDisplayContext? _display;

    public TrainingViewLive(TrainingRun run, IAnsiConsole console)
    {
        (_run, _console) = (run, console);
        foreach (TableColumn column in _epochs.Columns)
        {
            column.RightAligned();
        }
    }

    public override Metrics Watch(CancellationToken interrupt)
    {
        _console.WriteLine(_run.Description);
        return _console.Live(_epochs).Start(display =>
        {
            _display = display;
            return _run.Run(this, interrupt);
        });
    }

    public override void Stepped(in TrainingProgress progress)
    {
        double done = (double)progress.Samples / _run.TotalSamples, rate = progress.Samples / progress.Seconds;
        int filled = (int)(BarWidth * done);
        string bar = $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/]";
        string left = $"{done:P0}  {(_run.TotalSamples - progress.Samples) / rate:F1} s left";
        string now = $"epoch {progress.Epoch}/{_run.Settings.Recipe.Epochs}  loss {progress.Loss:F4}  {rate:F0} samples/s";
        _display?.UpdateTarget(new Rows(_epochs, new Markup($"{bar}  {left}"), new Text(now)));
    }

    public override void EpochEnded(EpochMetrics epoch)
    {
        _epochs.AddRow($"{epoch.Epoch}", $"{epoch.Loss:F4}", $"{epoch.TestAccuracy:P2}", $"{epoch.Seconds:F2}");
        _display?.UpdateTarget(_epochs);
    }
}
