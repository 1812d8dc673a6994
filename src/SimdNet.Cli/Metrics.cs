using System.Text.Json;
using System.Text.Json.Serialization;
using SimdNet.Persistence;

namespace SimdNet.Cli;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">1 at the first.</param>
/// <param name="Loss">The mean over the epoch of each sample's loss, as the network was when it met it.</param>
/// <param name="TestAccuracy">The share of test samples that are classified rightly after the epoch.</param>
/// <param name="Seconds">The time of the steps alone.</param>
internal sealed record EpochMetrics(int Epoch, double Loss, double TestAccuracy, double Seconds);

/// <summary>What a training came to: <c>metrics.json</c>.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="ParameterCount">The number of all parameters.</param>
/// <param name="Epochs">Each epoch in order.</param>
/// <param name="TestAccuracy">That of the last epoch.</param>
/// <param name="TrainSeconds">The time of all steps.</param>
/// <param name="BytesAllocatedPerStep">By all threads, the mean over the steps after the first.</param>
/// <param name="PeakMemoryBytes">The most memory that the process has held, the data included, as the system counts it.</param>
/// <param name="Threads">Threads at work.</param>
/// <param name="Simd">The vector width in use.</param>
internal sealed record Metrics(
    string Model,
    long ParameterCount,
    IReadOnlyList<EpochMetrics> Epochs,
    double TestAccuracy,
    double TrainSeconds,
    double BytesAllocatedPerStep,
    long PeakMemoryBytes,
    int Threads,
    string Simd)
{
    /// <summary>Writes the file; it is replaced whole or not at all.</summary>
    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, MetricsJson.Default.Metrics));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Metrics))]
internal sealed partial class MetricsJson : JsonSerializerContext;
