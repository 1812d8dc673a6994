using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SimdNet.Peers;

/// <summary>Work that is timed in blocks: as many repetitions as fill a time that the clock measures well.</summary>
internal sealed class TimedWork(Action run)
{
    private int _repetitions = 1;

    /// <summary>What a block took when it was sized.</summary>
    public double BlockSeconds { get; private set; }

    /// <summary>Runs whole blocks until the time is over.</summary>
    public void RunFor(double seconds)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
        {
            Block();
        }
    }

    /// <summary>Doubles the repetitions until they fill a block.</summary>
    public void SizeBlock(double seconds)
    {
        for (BlockSeconds = Block(); BlockSeconds < seconds; BlockSeconds = Block())
        {
            _repetitions *= 2;
        }
    }

    /// <summary>Runs a block.</summary>
    /// <returns>Seconds for the work, once.</returns>
    public double TimeBlock() => Block() / _repetitions;

    /// <summary>The only caller of the work: a second one would have what it inlined compiled better than what is timed here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double Block()
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _repetitions; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
