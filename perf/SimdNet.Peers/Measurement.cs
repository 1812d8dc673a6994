using System.Text.Json.Serialization;

namespace SimdNet.Peers;

/// <summary>What is known of a case when it has run: one element of the JSON array.</summary>
/// <param name="Suite">The suite's name.</param>
/// <param name="Case">The case's name.</param>
/// <param name="Threads">Threads that each contestant might use.</param>
/// <param name="SimdnetUs">SimdNet's median, in microseconds.</param>
/// <param name="Peers">Each peer's median, in microseconds.</param>
/// <param name="BestPeer">The fastest peer.</param>
/// <param name="Ratio">The best peer's time over SimdNet's: above 1, SimdNet is faster.</param>
/// <param name="LimitUs">The time the machine's limit allows, in microseconds.</param>
/// <param name="ShareOfLimit">That time over SimdNet's.</param>
internal sealed record Measurement(
    string Suite,
    string Case,
    int Threads,
    double SimdnetUs,
    IReadOnlyDictionary<string, double> Peers,
    string BestPeer,
    double Ratio,
    double LimitUs,
    double ShareOfLimit)
{
    /// <summary>From times in seconds.</summary>
    public static Measurement Of(
        string suite, string caseName, int threads, double ours, (string Name, double Seconds)[] peers, double limit)
    {
        (string Name, double Seconds) best = peers.MinBy(peer => peer.Seconds);
        Dictionary<string, double> microseconds = peers.ToDictionary(peer => peer.Name, peer => 1e6 * peer.Seconds);
        return new(suite, caseName, threads, 1e6 * ours, microseconds, best.Name, best.Seconds / ours, 1e6 * limit, limit / ours);
    }
}

/// <summary>How measurements are written: <c>simdnet_us</c>, <c>best_peer</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<Measurement>))]
internal sealed partial class MeasurementJson : JsonSerializerContext;
