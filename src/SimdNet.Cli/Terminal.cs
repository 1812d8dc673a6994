using Spectre.Console;

namespace SimdNet.Cli;

/// <summary>Where a command writes to.</summary>
/// <param name="Output">For what was asked for, in plain lines.</param>
/// <param name="Error">For what went wrong.</param>
/// <param name="Live">For a view that redraws itself; none in a file, a pipe, or a terminal without escape codes.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, IAnsiConsole? Live)
{
    /// <summary>That of this process.</summary>
    public static Terminal OfProcess()
    {
        bool live = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true };
        return new(Console.Out, Console.Error, live ? AnsiConsole.Console : null);
    }

    /// <summary>Writes a line that is seen at once, whatever the writer.</summary>
    public void WriteLine(string line)
    {
        Output.WriteLine(line);
        Output.Flush();
    }
}
