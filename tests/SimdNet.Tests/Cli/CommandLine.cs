using SimdNet.Cli;
using Spectre.Console;
using Xunit;

namespace SimdNet.Tests.Cli;

/// <summary>What a command line, run in this process, has written and returned.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Error)
{
    /// <summary>Runs it as in a pipe.</summary>
    public static CommandLine Run(params string[] args) => Run(live: false, CancellationToken.None, args);

    public static CommandLine Run(bool live, CancellationToken interrupt, params string[] args)
    {
        using StringWriter output = new(), error = new();
        IAnsiConsole? console = !live ? null : AnsiConsole.Create(new()
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        int exitCode = Program.Run(args, new Terminal(output, error, console), interrupt);
        return new(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Fails unless the command was refused: by one line, without a word on the output.</summary>
    public void AssertRefused(int exitCode, string message)
    {
        Assert.Contains(message, Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(character => character == '\n'));
        Assert.Equal(exitCode, ExitCode);
        Assert.Empty(Output);
    }
}
