using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using SimdNet.Simd;
using SimdNet.Threading;
using SimdNet.Training;

namespace SimdNet.Cli.Commands;

/// <summary><c>simdnet info</c>: what this machine is, and what it can do at the most.</summary>
internal static class InfoCommand
{
    private const int CacheBytes = 1 << 18, MemoryBytes = 3 << 26; // three arrays of 85 KiB, and of 64 MiB

    public static Command Create(Terminal terminal)
    {
        Option<int> samples = Options.Integer("--samples", "How often each limit is measured; the best counts.", 15, 1, 10_000);
        Command command = new("info", "Says what this machine is, and measures its limits.") { samples };
        command.SetAction(parsed => Describe(terminal, parsed.GetValue(samples)));
        return command;
    }

    /// <summary>The rates are those of one thread.</summary>
    private static void Describe(Terminal terminal, int samples)
    {
        Write("SimdNet", Version);
        Write(".NET", $"{Environment.Version}, {RuntimeInformation.RuntimeIdentifier}");
        Write("vectors", SimdWidth.Name);
        Write("cores", $"{Environment.ProcessorCount}");
        Write("threads", $"{WorkerTeam.Size}");
        Write("caches", Caches.Describe());
        Write("peak, 1 core", $"{MachineLimit.FmaFlopsPerSecond(samples) / 1e9:F1} GFLOP/s of fused multiply-adds");
        Write(
            "stream, 1 core",
            $"{Bandwidth(CacheBytes)} over {CacheBytes >> 10} KiB, {Bandwidth(MemoryBytes)} over {MemoryBytes >> 20} MiB");

        string Bandwidth(int bytes) => $"{MachineLimit.StreamBytesPerSecond(bytes, samples) / 1e9:F1} GB/s";

        void Write(string name, string value) => terminal.WriteLine($"{name,-16}{value}");
    }

    private static string Version =>
        typeof(Network).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
