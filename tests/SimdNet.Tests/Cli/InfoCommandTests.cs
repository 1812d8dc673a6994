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
            .ToDictionary(line => line[..16].TrimEnd(), line => line[16..]);
        Assert.Equal(["SimdNet", ".NET", "vectors", "cores", "threads", "caches", "peak, 1 core", "stream, 1 core"], facts.Keys);
        Assert.Equal(SimdWidth.Name, facts["vectors"]);
        Assert.Equal($"{Environment.ProcessorCount}", facts["cores"]);
        Assert.Matches(@"^\d+\.\d GFLOP/s of fused multiply-adds$", facts["peak, 1 core"]);
        Assert.Matches(@"^\d+\.\d GB/s over 256 KiB, \d+\.\d GB/s over 192 MiB$", facts["stream, 1 core"]);
    }
}
