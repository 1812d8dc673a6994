using System.Globalization;
using SimdNet.Layers;
using Spectre.Console;

namespace SimdNet.Cli;

/// <summary>A profile as a table and two sentences.</summary>
internal static class ProfileView
{
    private const int PlainWidth = 160; // a file's table is not folded at 80

    public static void Write(ProfileReport report, Terminal terminal)
    {
        string work = report.Predict ? "prediction" : "step";
        terminal.WriteLine(
            $"{report.Model}, batch {report.Batch}: a {work} takes {Number(report.StepMicroseconds)} µs; threads {report.Threads}, " +
            $"{report.Simd}, peak {report.PeakGflops:F0} GFLOP/s");
        Console(terminal).Write(TableOf(report));
        ProfileShares shares = report.Shares;
        terminal.WriteLine(
            $"bound by arithmetic {shares.Arithmetic:P1} (at its limit it would be {shares.ArithmeticAtLimit:P1}), " +
            $"streaming at its limit {shares.StreamingAtLimit:P1}, neither {shares.Neither:P1}");
    }

    private static Table TableOf(ProfileReport report)
    {
        Table table = new Table().SimpleBorder().AddColumn(new TableColumn("part").NoWrap());
        foreach (string heading in (string[])["", "µs", "of step", "GFLOP/s", "GB/s", "KB moved", "of limit"])
        {
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        }

        foreach (ProfileLine line in report.Lines)
        {
            bool isKnown = line.Bound != ProfileBound.Nothing;
            table.AddRow(
                new Text($"{line.Path} {line.Name}".TrimStart()),
                new Text(Direction(line.Phase)),
                new Text(Number(line.Microseconds)),
                new Text($"{line.ShareOfStep:P1}"),
                new Text(line.Flops > 0 ? $"{line.Gflops:F1}" : ""),
                new Text(isKnown ? $"{line.GigabytesPerSecond:F1}" : ""),
                new Text(isKnown ? Number(line.Bytes / 1e3) : ""),
                new Text(isKnown ? $"{line.ShareOfLimit:P0}{(line.Bound == ProfileBound.Arithmetic ? " of peak" : " of stream")}" : ""));
        }

        return table;
    }

    private static string Direction(StepPhase phase) => phase switch
    {
        StepPhase.Forward => "→",
        StepPhase.Backward => "←",
        _ => "",
    };

    private static string Number(double value) =>
        value.ToString(value < 10 ? "F3" : value < 1000 ? "F1" : "F0", CultureInfo.InvariantCulture);

    private static IAnsiConsole Console(Terminal terminal)
    {
        IAnsiConsole console = terminal.Live ?? AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(terminal.Output),
        });
        console.Profile.Width = Math.Max(console.Profile.Width, PlainWidth);
        return console;
    }
}
