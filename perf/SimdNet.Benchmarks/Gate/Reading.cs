using SimdNet.Peers;

namespace SimdNet.Benchmarks.Gate;

/// <summary>What a run has measured of a case.</summary>
/// <param name="Share">The share of the machine's limit: the median of the passes.</param>
/// <param name="Noise">How far a pass is from it on average, relative to it.</param>
internal readonly record struct Reading(double Share, double Noise)
{
    /// <summary>From the share that each pass has found.</summary>
    /// <remarks>
    /// The mean of the deviations, not their median: a neighbour who comes and goes takes some of the passes, and the median would call those
    /// that are left quiet.
    /// </remarks>
    public static Reading Of(IReadOnlyCollection<double> passes)
    {
        double share = Samples.Median(passes);
        return new(share, passes.Average(pass => Math.Abs(pass - share)) / share);
    }
}
