using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Peers;

/// <summary>Cases of one kind: what they are called and how they are made.</summary>
internal abstract class Suite
{
    /// <summary>As it is asked for by <c>--suite</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the work of a case is counted in, per nanosecond: <c>GFLOP/s</c> or <c>GB/s</c>.</summary>
    public abstract string Unit { get; }

    /// <summary>The cases that are run if none is named.</summary>
    public abstract IReadOnlyList<string> DefaultCases { get; }

    /// <summary>What the machine's limit is, for the reader of the table.</summary>
    protected abstract string Limit { get; }

    /// <summary>What is wrong with the name of a case, or nothing.</summary>
    public abstract string? Refuse(string caseName);

    /// <summary>Makes the data of a case that was not refused.</summary>
    public abstract Case Create(string caseName, int threads);

    /// <summary>Times the cases: each again and again, interleaved, unless it is work that can be done but once.</summary>
    public virtual IReadOnlyList<(Case Case, Measurement Measurement)> Run(
        IReadOnlyList<string> cases, int threads, Action<string> progress)
    {
        Case[] all = [.. cases.Select(name => Create(name, threads))];
        return [.. all.Zip(Race.Run(this, all, threads, progress))];
    }

    /// <summary>Sets SimdNet's threads and the peers', before the first case.</summary>
    /// <returns>Which peers they are, and what the limit is, for the reader of the table.</returns>
    /// <exception cref="PeersException">A peer is not on this machine.</exception>
    public string Prepare(int threads)
    {
        WorkerTeam.Size = threads;
        string[] lines = [$"Threads: {threads}", $"SimdNet, {SimdWidth.Name}", .. LoadPeers(threads), $"Limit: {Limit}"];
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Loads the peers and sets their threads.</summary>
    /// <returns>A line for each: its name and version.</returns>
    /// <exception cref="PeersException">A peer is not on this machine.</exception>
    protected abstract IEnumerable<string> LoadPeers(int threads);
}
