using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace SimdNet.Threading;

/// <summary>One thread's wait until something is due: it spins for a bounded time, then parks in the kernel.</summary>
/// <param name="due">What is waited for.</param>
/// <param name="soon">
/// Whether others are at work, so that more is likely to be due: the bound counts from their end. A worker that woke too late for one loop
/// is then there for the next; without, loops longer than the bound never saw it (512³ in a row: 1.2 ms on one thread and on two).
/// </param>
[SuppressMessage("Design", "CA1001", Justification = "A sleeper belongs to a worker, which lives as long as the process.")]
internal sealed class Sleeper(Func<bool> due, Func<bool> soon)
{
    /// <summary>
    /// 1 ms, about what a wake costs: layers and steps follow each other faster than that. Measured (2 cores, Linux in a virtual machine), an
    /// empty loop on 2 threads: 0.1 to 0.3 µs while the worker spins, 6 to 15 µs when it is parked; in both the caller may have done
    /// all pieces itself. A loop that cannot end without the worker: 0.25 to 1 µs spinning; parked 1 to 5 ms (median), as the scheduler
    /// there first puts the woken thread on the caller's busy core. So up to 1 ms of work after a pause gains nothing from a second thread.
    /// </summary>
    private static readonly long s_spinTicks = Stopwatch.Frequency / 1000;

    /// <summary>
    /// About every 5 µs. A woken worker often starts on the core of the caller that woke it; without the yield it spun there in the
    /// caller's place. Measured: 20 µs of work after a pause took 136 µs without, 33 µs with it.
    /// </summary>
    private const int ChecksPerYield = 100;

    [ThreadStatic]
    private static bool t_canPark;

    private readonly AutoResetEvent _signal = new(initialState: false);
    private bool _parked;

    /// <summary>Returns when something is due. Not to be cut short by an interrupt: others may be at work on this thread's stack.</summary>
    public void Wait()
    {
        bool interrupted = false;
        if (!t_canPark) // A thread's first wait allocates what the runtime keeps for its waits: at its first loop, not at some later one.
        {
            Rest(milliseconds: 0, ref interrupted);
            t_canPark = true;
        }

        if (!Spin())
        {
            Park(ref interrupted);
        }

        if (interrupted)
        {
            Thread.CurrentThread.Interrupt(); // Handed on to the next wait of the thread's owner.
        }
    }

    /// <summary>To be called after a full fence behind what made something due. Costs one read while the sleeper still spins.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _parked))
        {
            _signal.Set();
        }
    }

    private bool Spin()
    {
        if (due())
        {
            return true;
        }

        // With fewer cores than threads a spinning thread keeps a core from the one it waits for.
        if (WorkerTeam.Size > Environment.ProcessorCount)
        {
            return false;
        }

        long deadline = Stopwatch.GetTimestamp() + s_spinTicks;
        do
        {
            for (int i = 0; i < ChecksPerYield; i++)
            {
                Thread.SpinWait(1);
                if (due())
                {
                    return true;
                }
            }

            Thread.Yield();
            if (soon())
            {
                deadline = Stopwatch.GetTimestamp() + s_spinTicks;
            }
        }
        while (Stopwatch.GetTimestamp() < deadline);
        return false;
    }

    private void Park(ref bool interrupted)
    {
        Volatile.Write(ref _parked, true);
        Interlocked.MemoryBarrier(); // Either due() sees what was done, or Wake sees parked.
        while (!due())
        {
            Rest(Timeout.Infinite, ref interrupted); // A signal left over from an earlier wait costs one more turn.
        }

        Volatile.Write(ref _parked, false);
    }

    private void Rest(int milliseconds, ref bool interrupted)
    {
        try
        {
            _signal.WaitOne(milliseconds);
        }
        catch (ThreadInterruptedException)
        {
            interrupted = true;
        }
    }
}
