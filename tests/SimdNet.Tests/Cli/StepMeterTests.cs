using SimdNet.Cli;
using Xunit;

namespace SimdNet.Tests.Cli;

[Collection(nameof(Alone))]
public sealed class StepMeterTests
{
    private static byte[]? s_litter; // a field, or the compiler may leave the allocation out

    [Fact]
    public void CountsWhatLiesBetweenStartAndStop()
    {
        StepMeter meter = new();
        s_litter = new byte[1 << 24];
        Thread.Sleep(20);
        meter.Start();
        s_litter = new byte[1 << 20];
        meter.Stop();
        s_litter = new byte[1 << 24];
        Thread.Sleep(20);
        meter.Start();
        s_litter = new byte[1 << 20];
        meter.Stop();
        Assert.InRange(meter.Bytes, 2 << 20, 4 << 20); // others may allocate meanwhile
        Assert.True(meter.Seconds > 0);
    }

    [Fact]
    public void CountsTheBytesOfOtherThreads()
    {
        StepMeter meter = new();
        Thread other = new(() => s_litter = new byte[1 << 20]);
        meter.Start();
        other.Start();
        other.Join();
        meter.Stop();
        Assert.True(meter.Bytes >= 1 << 20);
    }

    [Fact]
    public void ForgetsTheFirstStep()
    {
        StepMeter meter = new();
        meter.Start();
        s_litter = new byte[1 << 24];
        meter.ForgetBytes();
        s_litter = new byte[1 << 20];
        meter.Stop();
        Assert.InRange(meter.Bytes, 1 << 20, 3 << 20);
    }
}
