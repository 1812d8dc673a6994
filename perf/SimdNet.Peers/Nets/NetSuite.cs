using System.Text.RegularExpressions;
using SimdNet.Memory;
using SimdNet.Peers.Native;

namespace SimdNet.Peers.Nets;

/// <summary>A suite whose cases are named by a network and a batch: <c>mlp 784-512-10 batch 64</c>.</summary>
internal abstract partial class NetSuite : Suite
{
    private const int MaxBatch = 1 << 14, MaxUnits = 1 << 14;

    public sealed override string Unit => "GFLOP/s";

    protected sealed override string Limit => $"the products as {Limits.FmaName}";

    public sealed override string? Refuse(string caseName)
    {
        Match match = CaseName().Match(caseName);
        bool isPerceptron = match.Groups["sizes"].Success;
        if (!match.Success || (!isPerceptron && !Catalog.Named.ContainsKey(match.Groups["net"].Value)))
        {
            string names = string.Join("", Catalog.Named.Keys.Select(name => $", {name}"));
            return $"'{caseName}' is no case of {Name}: expected mlp with the units of its layers{names}, then the batch, "
                + $"as in \"{DefaultCases[0]}\".";
        }

        if (Number(match.Groups["batch"]) is < 1 or > MaxBatch)
        {
            return $"'{caseName}' has a batch out of range: expected 1 to {MaxBatch}.";
        }

        return match.Groups["size"].Captures.Any(size => Number(size) is < 1 or > MaxUnits)
            ? $"'{caseName}' has a layer out of range: expected 1 to {MaxUnits} units."
            : null;
    }

    public sealed override Case Create(string caseName, int threads)
    {
        Match match = CaseName().Match(caseName);
        Net net = match.Groups["sizes"].Success
            ? Catalog.Perceptron([.. match.Groups["size"].Captures.Select(Number)])
            : Catalog.Named[match.Groups["net"].Value]();
        return Create(new(caseName, net, Number(match.Groups["batch"]), threads));
    }

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads)];

    /// <summary>Makes the data of a case.</summary>
    protected abstract Case Create(NetCase asked);

    private static int Number(Capture digits) => int.TryParse(digits.Value, out int number) ? number : int.MaxValue;

    [GeneratedRegex(
        @"^(mlp (?<sizes>(?<size>\d+)(-(?<size>\d+))+)|(?<net>[a-z]+)) batch (?<batch>\d+)$",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex CaseName();

    /// <summary>What was asked for.</summary>
    internal sealed record NetCase(string Name, Net Net, int Batch, int Threads)
    {
        /// <summary>A batch of samples, one draw of them.</summary>
        public AlignedBuffer Samples(int seed = 1) => RandomData.Floats(Batch * Net.Input.Length, seed);

        /// <summary>The shape of that batch.</summary>
        public long[] SamplesShape => Net.BatchShape(Batch);
    }
}
