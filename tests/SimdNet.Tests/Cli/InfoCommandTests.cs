using SimdNet.Simd;
using Xunit;

namespace SimdNet.Tests.Cli;

[Collection(nameof(Alone))]
public sealed class InfoCommandTests
{
    [Fact]
    public void SaysWhatTheMachineIs()
    {
        CommandLine info = CommandLine.Run("info", "--samples", "1");
        Assert.Equal((0, ""), (info.ExitCode, info.Error));
        Dictionary<string, string> facts = info.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line[..12].TrimEnd(), line => line[12..]);
        Assert.Equal(["SimdNet", ".NET", "vectors", "cores", "threads", "caches", "FMA peak", "bandwidth"], facts.Keys);
        Assert.Equal(SimdWidth.Name, facts["vectors"]);
        Assert.Equal($"{Environment.ProcessorCount}", facts["cores"]);
        Assert.Matches(@"^\d+\.\d GFLOP/s, one thread$", facts["FMA peak"]);
        Assert.Matches(@"^\d+\.\d GB/s over 256 KiB, \d+\.\d over 192 MiB, one thread$", facts["bandwidth"]);
    }
}
