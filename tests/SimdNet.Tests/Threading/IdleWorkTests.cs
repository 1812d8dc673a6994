using System.Runtime.CompilerServices;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Threading;

[Collection(nameof(Alone))]
public sealed class IdleWorkTests : IDisposable
{
    private const int Second = 1000; // ms: what would happen within some µs, is waited for so long before a test fails

    private readonly int sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = sizeBefore;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_item_is_done_once_in_every_loop(int threads)
    {
        WorkerTeam.Size = threads;
        int[] done = new int[1000];
        Work work = new(item => Interlocked.Increment(ref done[item]));
        for (int loop = 1; loop <= 200; loop++)
        {
            int count = 1 + (loop * 7 % done.Length);
            Array.Clear(done);
            work.Begin(count);
            work.Finish();
            Assert.Equal(count, done.Sum());
            Assert.All(done.Take(count), times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void A_team_of_one_leaves_all_to_the_owner()
    {
        WorkerTeam.Size = 1;
        HashSet<int> threads = [];
        Work work = new(_ => threads.Add(Environment.CurrentManagedThreadId));
        work.Begin(100);
        Thread.Sleep(5);
        Assert.Empty(threads);
        work.Finish();
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Fact]
    public void An_idle_worker_does_it_all_while_the_owner_does_something_else()
    {
        WorkerTeam.Size = 2;
        int done = 0;
        Work work = new(_ => Interlocked.Increment(ref done));
        work.Begin(100);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == 100, 10 * Second));
        work.Finish();
    }

    /// <summary>Also a worker that has long gone to sleep.</summary>
    [Fact]
    public void A_parked_worker_is_woken()
    {
        An_idle_worker_does_it_all_while_the_owner_does_something_else();
        Thread.Sleep(50);
        An_idle_worker_does_it_all_while_the_owner_does_something_else();
    }

    /// <summary>Its only worker is held up by an item, and a loop must end without it.</summary>
    [Fact]
    public void A_parallel_loop_does_not_wait_for_an_item()
    {
        WorkerTeam.Size = 2;
        using ManualResetEventSlim begun = new(), held = new();
        Work work = new(_ =>
        {
            begun.Set();
            held.Wait();
        });
        work.Begin(1);
        Assert.True(begun.Wait(10 * Second, TestContext.Current.CancellationToken));

        int[] done = new int[1000];
        WorkerTeam.For(done.Length, 1, new Increment(done));

        Assert.All(done, times => Assert.Equal(1, times));
        held.Set();
        work.Finish();
    }

    [Fact]
    public void Two_works_at_a_time_both_end()
    {
        WorkerTeam.Size = 2;
        int first = 0, second = 0;
        Work one = new(_ => Interlocked.Increment(ref first)), other = new(_ => Interlocked.Increment(ref second));
        for (int loop = 1; loop <= 100; loop++)
        {
            one.Begin(20);
            other.Begin(30);
            other.Finish();
            one.Finish();
            Assert.Equal((20 * loop, 30 * loop), (first, second));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_an_item_throws_reaches_the_owner_and_the_next_loop_is_clean(int threads)
    {
        WorkerTeam.Size = threads;
        int done = 0;
        Work work = new(item =>
        {
            Interlocked.Increment(ref done);
            if (item == 3)
            {
                throw new InvalidOperationException("item 3");
            }
        });
        work.Begin(10);
        Assert.Equal("item 3", Assert.Throws<InvalidOperationException>(work.Finish).Message);
        Assert.Equal("item 3", Assert.Throws<InvalidOperationException>(work.Finish).Message);
        Assert.Equal(10, done);

        work.Begin(3);
        work.Finish();
        Assert.Equal(13, done);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void After_a_cancellation_nothing_runs_any_more(int threads)
    {
        WorkerTeam.Size = threads;
        int done = 0, running = 0;
        Work work = new(_ =>
        {
            Interlocked.Increment(ref running);
            Thread.SpinWait(100);
            Interlocked.Increment(ref done);
            Interlocked.Decrement(ref running);
        });
        for (int loop = 0; loop < 50; loop++)
        {
            work.Begin(100_000);
            work.Stop();
            int then = Volatile.Read(ref done);
            Assert.Equal(0, running);
            Assert.True(then < (loop + 1) * 100_000);
            Thread.SpinWait(1000);
            Assert.Equal(then, Volatile.Read(ref done));
        }

        work.Begin(3);
        work.Finish();
    }

    /// <summary>Workers finish what its owner forgot, and others may use them again.</summary>
    [Fact]
    public void Work_that_is_left_behind_is_not_kept()
    {
        WorkerTeam.Size = 2;
        WeakReference left = Leave();
        An_idle_worker_does_it_all_while_the_owner_does_something_else();
        Assert.True(SpinWait.SpinUntil(() => !IsAlive(left), 10 * Second));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Leave()
        {
            Work work = new(_ => { });
            work.Begin(100);
            SpinWait.SpinUntil(() => !work.HasItems, 10 * Second);
            return new(work);
        }

        static bool IsAlive(WeakReference reference)
        {
            GC.Collect();
            return reference.IsAlive;
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        WorkerTeam.Size = 2;
        int done = 0;
        Work work = new(_ => Interlocked.Increment(ref done));
        AllocationsOf.All(() =>
        {
            work.Begin(50);
            work.Finish();
        });
    }

    private sealed class Work(Action<int> action) : IdleWork
    {
        public void Begin(int count) => Start(count);

        public void Finish() => Complete();

        public void Stop() => Cancel();

        protected override void Invoke(int item) => action(item);
    }

    private readonly struct Increment(int[] done) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref done[i]);
            }
        }
    }
}
