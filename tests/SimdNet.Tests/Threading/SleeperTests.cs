using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Threading;

public class SleeperTests
{
    private const int Pause = 20; // ms, far above the time a sleeper spins

    private bool due;

    [Fact]
    public void ReturnsAtOnceWhatIsDue()
    {
        due = true;
        Dozer().Wait();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Pause)]
    public void WakesSpinningAndParked(int pause)
    {
        Sleeper sleeper = Dozer();
        var thread = new Thread(sleeper.Wait);
        thread.Start();
        Thread.Sleep(pause);
        sleeper.Wake();
        Assert.False(thread.Join(Pause), "woke before anything was due");

        MakeDue(sleeper);
        thread.Join();
    }

    [Fact]
    public void AnInterruptWaitsForItsTurn()
    {
        Sleeper sleeper = Dozer();
        bool seenDue = false;
        bool interrupted = false;
        var thread = new Thread(() =>
        {
            sleeper.Wait();
            seenDue = Volatile.Read(ref due);
            try
            {
                Thread.Sleep(20_000);
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        });
        thread.Start();
        Thread.Sleep(Pause);
        thread.Interrupt();
        Assert.False(thread.Join(Pause), "the interrupt ended the wait");

        MakeDue(sleeper);
        thread.Join();
        Assert.True(seenDue);
        Assert.True(interrupted);
    }

    private Sleeper Dozer() => new(() => Volatile.Read(ref due), () => false);

    private void MakeDue(Sleeper sleeper)
    {
        Volatile.Write(ref due, true);
        Interlocked.MemoryBarrier();
        sleeper.Wake();
    }
}
