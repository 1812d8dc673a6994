using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SimdNet.Layers;
using SimdNet.Persistence;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Cli;

/// <summary>One part of a step beside its limit, the longer of two times: that of its arithmetic, and that of its bytes.</summary>
/// <param name="Phase">What part of the step it is.</param>
/// <param name="Path">Where the layer stands, such as <c>3.body.0</c>.</param>
/// <param name="Name">The layer, the loss, the optimizer.</param>
/// <param name="Microseconds">The time, without that of layers inside it.</param>
/// <param name="ShareOfStep">That time over the step's.</param>
/// <param name="Flops">Multiplies and adds.</param>
/// <param name="Bytes">The least bytes that have to move.</param>
/// <param name="Gflops">10⁹ of those operations per second.</param>
/// <param name="GigabytesPerSecond">10⁹ of those bytes per second.</param>
/// <param name="Bound">What its limit is of: <c>Arithmetic</c>, <c>Streaming</c>, or <c>Nothing</c> where no work is known.</param>
/// <param name="LimitMicroseconds">The limit.</param>
/// <param name="ShareOfLimit">The limit over the time.</param>
internal sealed record ProfileLine(
    StepPhase Phase,
    string Path,
    string Name,
    double Microseconds,
    double ShareOfStep,
    double Flops,
    double Bytes,
    double Gflops,
    double GigabytesPerSecond,
    ProfileBound Bound,
    double LimitMicroseconds,
    double ShareOfLimit)
{
    public static ProfileLine Of(ProfilePart part, Roof roof, double stepSeconds)
    {
        double arithmetic = roof.ArithmeticSeconds(part.Flops), streaming = roof.StreamingSeconds(part.Bytes);
        double limit = Math.Max(arithmetic, streaming), seconds = part.Seconds;
        ProfileBound bound = limit == 0 ? ProfileBound.Nothing : arithmetic > streaming ? ProfileBound.Arithmetic : ProfileBound.Streaming;
        return new(
            part.Phase, part.Path, part.Name, 1e6 * seconds, Ratio(seconds, stepSeconds), part.Flops, part.Bytes,
            Ratio(part.Flops / 1e9, seconds), Ratio(part.Bytes / 1e9, seconds), bound, 1e6 * limit, Ratio(limit, seconds));
    }

    /// <summary>JSON has no number for 0/0: a part that took no tick of the clock.</summary>
    private static double Ratio(double x, double y) => y > 0 ? x / y : 0;
}

/// <summary>What keeps a part from being faster.</summary>
internal enum ProfileBound
{
    Nothing,
    Arithmetic,
    Streaming,
}

/// <summary>Where a step's time goes; the three shares are 1 together.</summary>
/// <param name="Arithmetic">The share of parts that are bound by arithmetic: products of matrices, and what is done with them.</param>
/// <param name="StreamingAtLimit">The share that all other parts would take at the limit of their bytes.</param>
/// <param name="Neither">What is left: other parts' time beyond that limit, and the rest of the step.</param>
/// <param name="ArithmeticAtLimit">The share that the parts of the first would take at their limit.</param>
internal sealed record ProfileShares(double Arithmetic, double StreamingAtLimit, double Neither, double ArithmeticAtLimit)
{
    public static ProfileShares Of(IReadOnlyList<ProfileLine> lines, double stepMicroseconds)
    {
        double arithmetic = 0, atLimit = 0, streaming = 0, neither = 0;
        foreach (ProfileLine line in lines)
        {
            double within = Math.Min(line.Microseconds, line.LimitMicroseconds);
            bool isArithmetic = line.Bound == ProfileBound.Arithmetic;
            arithmetic += isArithmetic ? line.Microseconds : 0;
            atLimit += isArithmetic ? within : 0;
            streaming += isArithmetic ? 0 : within;
            neither += isArithmetic ? 0 : line.Microseconds - within;
        }

        return new(arithmetic / stepMicroseconds, streaming / stepMicroseconds, neither / stepMicroseconds, atLimit / stepMicroseconds);
    }
}

/// <summary>What <c>profile</c> has found.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Batch">Samples per step.</param>
/// <param name="Predict">Whether the steps were predictions.</param>
/// <param name="Threads">Threads at work.</param>
/// <param name="Simd">The vector width in use.</param>
/// <param name="Steps">Steps of a block; times are medians over the blocks.</param>
/// <param name="StepMicroseconds">The time of a step: the sum of all lines'.</param>
/// <param name="PeakGflops">The limit of arithmetic, of all threads.</param>
/// <param name="Lines">The parts of a step, in its order.</param>
/// <param name="Shares">Their sums.</param>
internal sealed record ProfileReport(
    string Model,
    int Batch,
    bool Predict,
    int Threads,
    string Simd,
    long Steps,
    double StepMicroseconds,
    double PeakGflops,
    IReadOnlyList<ProfileLine> Lines,
    ProfileShares Shares)
{
    // Nothing here is ever put into HTML: arrows in names stay readable.
    private static readonly ProfileJson s_json =
        new(new JsonSerializerOptions(ProfileJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static ProfileReport Of(ProfileSettings settings, ProfilePart[] parts, long steps, Roof roof)
    {
        double seconds = parts.Sum(part => part.Seconds);
        ProfileLine[] lines = [.. parts.Select(part => ProfileLine.Of(part, roof, seconds))];
        return new(
            settings.Model, settings.Batch, settings.Predict, WorkerTeam.Size, SimdWidth.Name, steps, 1e6 * seconds, roof.FlopsPerSecond / 1e9,
            lines, ProfileShares.Of(lines, 1e6 * seconds));
    }

    /// <summary>Writes the file; it is replaced whole or not at all.</summary>
    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, s_json.ProfileReport));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProfileReport))]
internal sealed partial class ProfileJson : JsonSerializerContext;
