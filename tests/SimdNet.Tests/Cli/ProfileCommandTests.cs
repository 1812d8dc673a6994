using System.Text.Json;
using SimdNet.Simd;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Cli;

[Collection(nameof(Alone))]
public sealed class ProfileCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = WorkerTeam.Size;

    public void Dispose()
    {
        WorkerTeam.Size = _threads;
        _folder.Dispose();
    }

    [Fact]
    public void Writes_what_it_measured()
    {
        JsonElement profile = Profile("--model", "mlp", "--hidden", "8", "--batch", "3", "--threads", "2");

        Assert.Equal(
            ["model", "batch", "predict", "threads", "simd", "steps", "stepMicroseconds", "peakGflops", "lines", "shares"],
            profile.EnumerateObject().Select(property => property.Name));
        Assert.Equal("mlp", profile.GetProperty("model").GetString());
        Assert.Equal((3, 2, 1), (Int32("batch"), Int32("threads"), Int32("steps")));
        Assert.False(profile.GetProperty("predict").GetBoolean());
        Assert.Equal(SimdWidth.Name, profile.GetProperty("simd").GetString());
        Assert.All(profile.GetProperty("lines").EnumerateArray(), line => Assert.Equal(
            [
                "phase", "path", "name", "microseconds", "shareOfStep", "flops", "bytes", "gflops", "gigabytesPerSecond", "bound",
                "limitMicroseconds", "shareOfLimit",
            ],
            line.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(
            [
                "Forward 1 Dense(784 → 8) + ReLU", "Forward 3 Dense(8 → 10)", "Loss  SoftmaxCrossEntropy", "Backward 3 Dense(8 → 10)",
                "Backward 1 Dense(784 → 8) + ReLU", "Optimizer  Adam", "Rest  rest",
            ],
            profile.GetProperty("lines").EnumerateArray().Select(line =>
                $"{line.GetProperty("phase")} {line.GetProperty("path")} {line.GetProperty("name")}"));

        int Int32(string name) => profile.GetProperty(name).GetInt32();
    }

    [Fact]
    public void Its_sums_are_those_of_its_lines()
    {
        JsonElement profile = Profile("--model", "lenet5", "--batch", "2"), shares = profile.GetProperty("shares");
        JsonElement[] lines = [.. profile.GetProperty("lines").EnumerateArray()];

        Assert.Equal(Sum("microseconds"), profile.GetProperty("stepMicroseconds").GetDouble(), 1e-6);
        Assert.Equal(1, Sum("shareOfStep"), 1e-9);
        Assert.Equal(1, Share("arithmetic") + Share("streamingAtLimit") + Share("neither"), 1e-9);
        Assert.Equal(
            lines.Where(line => line.GetProperty("bound").GetString() == "Arithmetic").Sum(line => Number(line, "shareOfStep")),
            Share("arithmetic"), 1e-9);
        Assert.InRange(Share("arithmeticAtLimit"), 0, Share("arithmetic"));
        Assert.All(lines, line => Assert.Equal(
            Number(line, "limitMicroseconds"), Number(line, "shareOfLimit") * Number(line, "microseconds"), 1e-6));
        Assert.All(lines, line => Assert.Equal(
            Number(line, "flops"), 1e3 * Number(line, "gflops") * Number(line, "microseconds"), 1e-3));

        double Sum(string name) => lines.Sum(line => Number(line, name));

        double Share(string name) => Number(shares, name);
    }

    [Fact]
    public void Predictions_have_no_way_back()
    {
        JsonElement profile = Profile("--model", "cnn", "--batch", "1", "--predict");

        Assert.True(profile.GetProperty("predict").GetBoolean());
        JsonElement[] lines = [.. profile.GetProperty("lines").EnumerateArray()];
        Assert.Equal(["0", "2", "7", "10", ""], lines.Select(line => line.GetProperty("path").GetString()!));
        Assert.Equal("Conv2D(32 × 26 × 26 → 64, kernel 3) + ReLU + MaxPool2D(2)", lines[1].GetProperty("name").GetString());
    }

    [Fact]
    public void Shows_a_table_and_its_sums()
    {
        CommandLine profile = CommandLine.Run("profile", "--model", "mlp", "--hidden", "8", "--batch", "2", "--steps", "1");

        Assert.Equal((0, ""), (profile.ExitCode, profile.Error));
        string[] lines = profile.Output.Split('\n');
        Assert.Matches(@"^mlp, batch 2: a step takes [\d.]+ µs; threads \d+, .*, peak \d+ GFLOP/s$", lines[0]);
        Assert.Contains(lines, line => line.Contains("1 Dense(784 → 8) + ReLU", StringComparison.Ordinal) && line.Contains('←', StringComparison.Ordinal));
        Assert.Matches(
            @"^bound by arithmetic [\d.]+ % \(at its limit it would be [\d.]+ %\), streaming at its limit [\d.]+ %, neither [\d.]+ %$", lines[^2]);
    }

    [Fact]
    public void A_file_that_cannot_be_is_refused_first()
    {
        string file = _folder.File("none/profile.json");

        CommandLine.Run("profile", "--json", file).AssertRefused(1, $"--json is '{file}', expected a file in a folder that exists.");
        CommandLine.Run("profile", "--json", _folder.Path).AssertRefused(1, $"--json is '{_folder.Path}', expected a file");
        CommandLine.Run("profile", "--steps", "0").AssertRefused(2, "--steps is '0', expected a whole number from 1 to 1000000.");
    }

    private static double Number(JsonElement line, string name) => line.GetProperty(name).GetDouble();

    private JsonElement Profile(params string[] arguments)
    {
        string file = _folder.File("profile.json");
        CommandLine profile = CommandLine.Run(["profile", .. arguments, "--steps", "1", "--json", file]);
        Assert.Equal((0, ""), (profile.ExitCode, profile.Error));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
