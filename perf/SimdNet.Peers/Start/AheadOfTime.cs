using System.Diagnostics;

namespace SimdNet.Peers.Start;

/// <summary>perf/SimdNet.Start, compiled ahead of time for this machine.</summary>
internal static class AheadOfTime
{
    /// <summary>Compiles it, if that has not been done.</summary>
    /// <returns>The program.</returns>
    /// <exception cref="PeersException">There is no source above this program, or it does not compile.</exception>
    public static string Publish()
    {
        string root = Root(), output = Path.Combine(root, "artifacts", "SimdNet.Start");
        string[] arguments = ["publish", "-c", "Release", "-v", "quiet", "--nologo", "-o", output, Path.Combine(root, "perf", "SimdNet.Start")];
        ProcessStartInfo info = new("dotnet", arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(info) ?? throw new PeersException("dotnet did not start.");
        string messages = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Path.Combine(output, "SimdNet.Start")
            : throw new PeersException($"perf/SimdNet.Start was not published (it needs gcc or clang to link): {messages}");
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SimdNet.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new PeersException($"There is no SimdNet.sln above {AppContext.BaseDirectory}.");
    }
}
