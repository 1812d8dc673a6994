using Spectre.Console;

namespace SimdNet.Benchmarks.Gate;

/// <summary>One walk through the gate: cases are measured, compared with the baseline, and those suspected measured again.</summary>
internal sealed class Regression(IReadOnlyList<GateCase> cases, string baselinePath, string machine, TextWriter output)
{
    private const int Attempts = 3;

    private readonly Baseline _baseline = Baseline.Read(baselinePath);
    private readonly Dictionary<GateCase, double> _yardsticks = [];
    private readonly List<Reading>[] _readings = [.. cases.Select(_ => new List<Reading>())];

    /// <summary>Compares with the baseline.</summary>
    /// <returns>The exit code: 0 unless a case is slower than it was, whenever it is measured.</returns>
    public int Check(Action<string> progress)
    {
        output.WriteLine(_baseline.Machines.Contains(machine) ? machine : $"{machine}: {baselinePath} does not know it, nothing is expected");
        Measure(Expected, progress);
        Judgement[] judgements = [.. cases.Select((@case, i) => Judgement.Of(_readings[i], Expected(@case)))];
        Print(judgements);
        int fallen = 0;
        foreach ((GateCase @case, Judgement judgement) in cases.Zip(judgements).Where(pair => pair.Second.Verdict == Verdict.Fallen))
        {
            fallen++;
            output.WriteLine($"{@case.Name} is slower than it was, {Attempts} times measured: {judgement}.");
        }

        output.WriteLine($"{cases.Count - fallen} passed, {fallen} failed");
        return fallen == 0 ? 0 : 1;
    }

    /// <summary>Takes what is measured for what is to be expected.</summary>
    /// <param name="known">The names of all cases there are: others are forgotten.</param>
    /// <param name="progress">Is told what is done.</param>
    public void Update(IReadOnlySet<string> known, Action<string> progress)
    {
        Measure(_ => null, progress);
        Print([.. cases.Select((@case, i) => new Judgement(Quietest(i), Expected(@case)))]);
        for (int i = 0; i < cases.Count; i++)
        {
            _baseline.Set(machine, cases[i].Name, Quietest(i).Share);
        }

        foreach ((GateCase yardstick, double share) in _yardsticks)
        {
            _baseline.Set(machine, yardstick.Name, share);
        }

        _baseline.Keep(machine, known);
        _baseline.Write(baselinePath);
        output.WriteLine($"{machine}: {cases.Count} shares written to {baselinePath}");
    }

    private double? Expected(GateCase @case) => _baseline.Share(machine, @case.Name);

    private Reading Quietest(int @case) => _readings[@case].MinBy(reading => reading.Noise);

    /// <summary>
    /// All cases, then again those suspected, on data made anew: it may lie better. What has happened to the yardsticks meanwhile is noise, also
    /// if it has lasted: it was seen to take a tenth of products and a quarter of exponentials for a whole run.
    /// </summary>
    private void Measure(Func<GateCase, double?> expected, Action<string> progress)
    {
        int[] left = [.. Enumerable.Range(0, cases.Count)];
        for (int attempt = 0; attempt < Attempts && left.Length > 0; attempt++)
        {
            IReadOnlyList<Reading> readings = Course.Run([.. Cases.Yardsticks, .. left.Select(i => cases[i])], progress);
            double fall = 0;
            foreach ((GateCase yardstick, Reading reading) in Cases.Yardsticks.Zip(readings))
            {
                fall = Math.Max(fall, -new Judgement(reading, Expected(yardstick)).Change);
                _yardsticks[yardstick] = Math.Max(reading.Share, _yardsticks.GetValueOrDefault(yardstick));
            }

            foreach ((int i, Reading reading) in left.Zip(readings.Skip(Cases.Yardsticks.Count)))
            {
                _readings[i].Add(reading with { Noise = Math.Max(reading.Noise, fall) });
            }

            left = [.. left.Where(i => Judgement.Of(_readings[i], expected(cases[i])).IsSuspect)];
        }
    }

    private void Print(IReadOnlyList<Judgement> judgements)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("case").NoWrap());
        foreach (string heading in (string[])["of limit", "expected", "change", "threshold", "verdict", "measured"])
        {
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        }

        foreach ((GateCase @case, Judgement judgement, List<Reading> readings) in cases.Zip(judgements, _readings))
        {
            bool isNew = judgement.Expected is null;
            table.AddRow(
                @case.Name, $"{judgement.Reading.Share:P1}", isNew ? "" : $"{judgement.Expected:P1}",
                isNew ? "" : $"{judgement.Change:+0.0 %;-0.0 %}", $"{judgement.Threshold:P1}", $"{judgement.Verdict}", $"{readings.Count}×");
        }

        foreach ((GateCase yardstick, double share) in _yardsticks)
        {
            table.AddRow(yardstick.Name, $"{share:P1}", $"{Expected(yardstick):P1}", "", "", "", "");
        }

        IAnsiConsole console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 160; // a file's table is not folded at 80
        console.Write(table);
    }
}
