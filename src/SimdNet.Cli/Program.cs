using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using SimdNet.Cli.Commands;

namespace SimdNet.Cli;

/// <summary>The <c>simdnet</c> command.</summary>
internal static class Program
{
    internal const int Failed = 1, Misused = 2, Interrupted = 130;

    private static int Main(string[] args)
    {
        using CancellationTokenSource interrupt = new();
        using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true; // the process ends by itself, after the step that it is in
            interrupt.Cancel();
        });
        return Run(args, Terminal.OfProcess(), interrupt.Token);
    }

    /// <summary>Runs one command line; every failure becomes one line and an exit code.</summary>
    internal static int Run(string[] args, Terminal terminal, CancellationToken interrupt)
    {
        Command simdnet = new("simdnet", "Neural networks on the CPU, in managed C# alone.")
        {
            new HelpOption(),
            TrainCommand.Create(terminal, interrupt),
            EvaluateCommand.Create(terminal),
            ProfileCommand.Create(terminal),
            InfoCommand.Create(terminal),
        };
        ParseResult parsed = simdnet.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            string unknown = string.Join(' ', parsed.UnmatchedTokens);
            string problems = string.Join(' ', parsed.Errors.Select(error => error.Message).Distinct());
            terminal.Error.WriteLine($"{(unknown.Length > 0 ? $"Unknown: {unknown}." : problems)} See --help.");
            return Misused;
        }

        return Invoke(parsed, terminal);
    }

    private static int Invoke(ParseResult parsed, Terminal terminal)
    {
        try
        {
            return parsed.Invoke(new() { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("Interrupted: nothing was saved.");
            return Interrupted;
        }
        catch (Exception failure) when (failure
            is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or OutOfMemoryException)
        {
            terminal.Error.WriteLine(failure.Message.ReplaceLineEndings(" "));
            return Failed;
        }
    }
}
