using System.Text.Encodings.Web;
using System.Text.Json;

namespace SimdNet.Benchmarks.Gate;

/// <summary>The shares that are expected, of each machine and case: perf/baseline.json, sorted, so that a change shows as itself.</summary>
internal sealed class Baseline
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<string, SortedDictionary<string, double>> _machines = new(StringComparer.Ordinal);

    private Baseline()
    {
    }

    /// <summary>The machines that have shares.</summary>
    public IReadOnlyCollection<string> Machines => _machines.Keys;

    /// <summary>Reads the file; without one, nothing is expected.</summary>
    /// <exception cref="JsonException">It is no baseline.</exception>
    public static Baseline Read(string path)
    {
        Baseline baseline = new();
        if (File.Exists(path))
        {
            foreach ((string machine, Dictionary<string, double> shares) in
                JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double>>>(File.ReadAllBytes(path)) ?? [])
            {
                baseline._machines[machine] = new(shares, StringComparer.Ordinal);
            }
        }

        return baseline;
    }

    /// <summary>The cases of a machine.</summary>
    public IReadOnlyCollection<string> CasesOf(string machine) => _machines.TryGetValue(machine, out var shares) ? shares.Keys : [];

    /// <summary>The share that a case is expected to reach, if the baseline knows.</summary>
    public double? Share(string machine, string @case) =>
        _machines.TryGetValue(machine, out var shares) && shares.TryGetValue(@case, out double share) ? share : null;

    /// <summary>Expects these from now on.</summary>
    public void Set(string machine, string @case, double share)
    {
        if (!_machines.TryGetValue(machine, out var shares))
        {
            _machines[machine] = shares = new(StringComparer.Ordinal);
        }

        shares[@case] = Math.Round(share, 4);
    }

    /// <summary>Forgets what is not among these.</summary>
    public void Keep(string machine, IReadOnlySet<string> cases)
    {
        foreach (string gone in CasesOf(machine).Where(name => !cases.Contains(name)).ToArray())
        {
            _machines[machine].Remove(gone);
        }
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(_machines, s_options).ReplaceLineEndings("\n") + "\n");
}
