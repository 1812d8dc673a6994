namespace SimdNet.Peers;

/// <summary>One call of the program: what is asked for is checked, then run, then reported.</summary>
internal static class Session
{
    /// <summary>Runs the cases of a suite.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Suite suite, IReadOnlyList<string> cases, int threads, FileInfo? json)
    {
        try
        {
            Check(suite, cases, threads, json);
            Console.WriteLine(suite.Prepare(threads));
            Report report = Race(suite, cases, threads);
            report.Print();
            if (json is not null)
            {
                report.WriteJson(json);
            }

            return 0;
        }
        catch (Exception exception) when (exception is PeersException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static Report Race(Suite suite, IReadOnlyList<string> cases, int threads)
    {
        Report report = new(suite);
        foreach ((Case @case, Measurement measurement) in suite.Run(cases, threads, ShowProgress))
        {
            report.Add(@case, measurement);
        }

        ShowProgress("");
        return report;
    }

    private static void Check(Suite suite, IReadOnlyList<string> cases, int threads, FileInfo? json)
    {
        if (threads < 1 || threads > Environment.ProcessorCount)
        {
            throw new PeersException($"--threads is {threads}, expected 1 to {Environment.ProcessorCount}, the processors here.");
        }

        if (json is not null && (json.Directory is not { Exists: true } || Directory.Exists(json.FullName)))
        {
            throw new PeersException($"--json is {json.FullName}, expected a file in a folder that exists.");
        }

        if (cases.Select(suite.Refuse).FirstOrDefault(problem => problem is not null) is { } problem)
        {
            throw new PeersException($"--case {problem}");
        }
    }

    /// <summary>The case that is running, on one line of the terminal.</summary>
    private static void ShowProgress(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{text,-40}\r");
        }
    }
}
