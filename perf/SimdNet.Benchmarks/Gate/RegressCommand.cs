using System.CommandLine;
using System.Text.Json;

namespace SimdNet.Benchmarks.Gate;

/// <summary><c>regress</c>: fails if a kernel is slower than the baseline says it was on such a machine.</summary>
internal static class RegressCommand
{
    private const int Misused = 2;

    /// <summary>The command; its exit code is 0 unless something is slower.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        Option<bool> update = new("--update") { Description = "Writes what is measured into the baseline, in place of comparing." };
        Option<string[]> names = new("--cases")
        {
            Description = "The cases whose names contain one of these. Without it: all.",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<double> slower = new("--slower")
        {
            Description = "Makes every call take so many times as long, such as 1.3: to see the gate fail.",
            HelpName = "FACTOR",
            DefaultValueFactory = _ => 1,
        };
        Option<string> baseline = new("--baseline")
        {
            Description = "The file of expected shares. Without it: perf/baseline.json of this repository.",
            HelpName = "FILE",
            DefaultValueFactory = _ => Path.Combine(Root(), "perf", "baseline.json"),
        };
        Command command = new("regress", "Measures every kernel as a share of the machine's limit, and compares with the baseline.")
        {
            update, names, slower, baseline,
        };
        command.SetAction(parsed =>
        {
            string[] wanted = parsed.GetValue(names) is { Length: > 0 } given ? given : [""];
            GateCase[] cases = [.. Cases.All.Where(@case => wanted.Any(part => @case.Name.Contains(part, StringComparison.Ordinal)))];
            if (cases.Length == 0)
            {
                error.WriteLine($"--cases: no name contains {string.Join(" or ", wanted)}, expected a part of one of:");
                error.WriteLine(string.Join('\n', Cases.All.Select(@case => @case.Name)));
                return Misused;
            }

            double factor = parsed.GetValue(slower);
            if (!(factor >= 1))
            {
                error.WriteLine($"--slower: {factor} is no factor, expected 1 or more.");
                return Misused;
            }

            GateCase[] timed = factor == 1 ? cases : [.. cases.Select(@case => @case.Slowed(factor))];
            return Run(timed, parsed.GetRequiredValue(baseline), parsed.GetValue(update), output, error);
        });
        return command;
    }

    private static int Run(GateCase[] cases, string baseline, bool update, TextWriter output, TextWriter error)
    {
        try
        {
            Regression regression = new(cases, baseline, Machine.Name, output);
            if (!update)
            {
                return regression.Check(ShowProgress);
            }

            regression.Update(Cases.All.Concat(Cases.Yardsticks).Select(@case => @case.Name).ToHashSet(), ShowProgress);
            return 0;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{baseline}: {exception.Message}");
            return Misused;
        }
    }

    /// <summary>The case that is running, on one line of the terminal.</summary>
    private static void ShowProgress(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{text,-60}\r");
        }
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "SimdNet.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? Environment.CurrentDirectory;
    }
}
