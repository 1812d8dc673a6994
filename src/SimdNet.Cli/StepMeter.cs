using System.Diagnostics;

namespace SimdNet.Cli;

/// <summary>The time and the allocations of steps, and of nothing between them. It counts the allocations of all threads.</summary>
internal sealed class StepMeter
{
    private long _started, _allocatedBefore;

    /// <summary>Seconds between <see cref="Start"/> and <see cref="Stop"/>, all together.</summary>
    public double Seconds { get; private set; }

    /// <summary>Bytes allocated meanwhile.</summary>
    public long Bytes { get; private set; }

    /// <summary>Since the last <see cref="Start"/>.</summary>
    public TimeSpan Running => Stopwatch.GetElapsedTime(_started);

    public void Start()
    {
        _allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        _started = Stopwatch.GetTimestamp();
    }

    public void Stop()
    {
        Seconds += Running.TotalSeconds;
        Bytes += GC.GetTotalAllocatedBytes(precise: true) - _allocatedBefore;
    }

    /// <summary>Takes the bytes so far for those of a first step, which do not count.</summary>
    public void ForgetBytes()
    {
        Bytes = 0;
        _allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
    }
}
