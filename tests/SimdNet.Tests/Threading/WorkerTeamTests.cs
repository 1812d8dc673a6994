using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Threading;

[Collection(nameof(Alone))]
public sealed class WorkerTeamTests : IDisposable
{
    private static byte[]? litter; // A field, or the compiler may leave the allocation out.

    private readonly int sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = sizeBefore;

    [Property(MaxTest = 500)]
    public Property DoesEveryItemOnce(NonNegativeInt count, PositiveInt grain, PositiveInt size, NonNegativeInt maxThreads)
    {
        WorkerTeam.Size = 1 + (size.Get % 5);
        int[] done = new int[count.Get * 3];
        int misplaced = 0;
        WorkerTeam.For(done.Length, grain.Get, new Body((start, end) =>
        {
            if (start % grain.Get != 0 || (end - start < grain.Get && done.Length > end - start))
            {
                Interlocked.Increment(ref misplaced);
            }

            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref done[i]);
            }
        }), maxThreads.Get % 7);
        return (misplaced == 0 && done.All(times => times == 1)).Label($"{misplaced} misplaced of {done.Length} by {WorkerTeam.Size}");
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(7, 4, 2)]
    [InlineData(100, 1, 1)]
    public void WhatCannotBeSharedIsOneCall(int count, int grain, int size)
    {
        WorkerTeam.Size = size;
        var calls = new List<(int, int, int)>();
        WorkerTeam.For(count, grain, new Body((start, end) => calls.Add((start, end, Environment.CurrentManagedThreadId))));
        Assert.Equal(count == 0 ? [] : [(0, count, Environment.CurrentManagedThreadId)], calls);
    }

    [Theory]
    [InlineData(2, 0, 2)]
    [InlineData(4, 0, 4)]
    [InlineData(4, 3, 3)]
    [InlineData(2, 9, 2)]
    public void AsManyThreadsTakePartAsAllowed(int size, int maxThreads, int expected)
    {
        WorkerTeam.Size = size;
        AssertMeet(expected, maxThreads);

        var seen = new HashSet<int>();
        for (int repeat = 0; repeat < 200; repeat++)
        {
            WorkerTeam.For(100, 1, new Body((_, _) =>
            {
                lock (seen)
                {
                    seen.Add(Environment.CurrentManagedThreadId);
                }
            }), maxThreads);
        }

        Assert.InRange(seen.Count, 1, expected);
    }

    [Fact]
    public void SizeMayChangeBetweenLoops()
    {
        foreach (int size in (int[])[3, 1, 5, 2, 5])
        {
            WorkerTeam.Size = size;
            Assert.Equal(size, WorkerTeam.Size);
            AssertMeet(size);
        }
    }

    [Fact]
    public void SizeMayChangeDuringALoop()
    {
        WorkerTeam.Size = 2;
        int done = 0;
        for (int repeat = 0; repeat < 50; repeat++)
        {
            WorkerTeam.For(16, 1, new Body((start, end) =>
            {
                WorkerTeam.Size = 1 + (start % 4);
                Interlocked.Add(ref done, end - start);
            }));
            WorkerTeam.Size = 2;
        }

        Assert.Equal(50 * 16, done);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(WorkerTeam.MaxSize + 1)]
    public void RefusesSizesOutOfRange(int size)
    {
        int before = WorkerTeam.Size;
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => WorkerTeam.Size = size);
        Assert.Contains($"'Size' is {size}, expected 1 to {WorkerTeam.MaxSize}.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, WorkerTeam.Size);
    }

    [Theory]
    [InlineData(-1, 1, 0, "count")]
    [InlineData(1, 0, 0, "grain")]
    [InlineData(1, 1, -1, "maxThreads")]
    public void RefusesBadArguments(int count, int grain, int maxThreads, string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, () =>
            WorkerTeam.For(count, grain, new Body((_, _) => Assert.Fail("the body was called")), maxThreads));

    [Fact]
    public void AllocatesNothing()
    {
        WorkerTeam.Size = 2;
        long sum = Repeat(100);
        AssertMeet(2);

        // The test runner's own threads may allocate meanwhile; a loop that allocates would do so in every attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long mine = GC.GetAllocatedBytesForCurrentThread();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            sum += Repeat(1000);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - mine);
        }

        Assert.Equal(0, least);
        Assert.NotEqual(0, sum);
    }

    [Fact]
    public void NestedLoopsRunOnTheirOwnThread()
    {
        WorkerTeam.Size = 2;
        int[] done = new int[2 * 1000];
        int strayed = 0;
        using var meeting = new Barrier(2);
        WorkerTeam.For(2, 1, new Body((outer, _) =>
        {
            meeting.SignalAndWait();
            int thread = Environment.CurrentManagedThreadId;
            WorkerTeam.For(1000, 1, new Body((start, end) =>
            {
                strayed += Environment.CurrentManagedThreadId == thread ? 0 : 1;
                done.AsSpan((outer * 1000) + start, end - start).Fill(1);
            }));
            meeting.SignalAndWait();
        }));
        Assert.Equal(0, strayed);
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void ManyCallersAtOnce()
    {
        WorkerTeam.Size = 3;
        long[] sums = new long[8];
        Thread[] users = [.. Enumerable.Range(0, sums.Length).Select(user => new Thread(() =>
        {
            for (int repeat = 0; repeat < 300; repeat++)
            {
                WorkerTeam.For(64, 1, new Body((start, end) => Interlocked.Add(ref sums[user], end - start)));
            }
        }))];
        Array.ForEach(users, user => user.Start());
        Array.ForEach(users, user => user.Join());
        Assert.All(sums, sum => Assert.Equal(300 * 64, sum));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnExceptionReachesTheCallerWhenAllHasEnded(bool onCaller)
    {
        WorkerTeam.Size = 2;
        int caller = Environment.CurrentManagedThreadId;
        int done = 0;
        for (int repeat = 0; repeat < 3; repeat++)
        {
            using var meeting = new Barrier(2);
            var thrown = Assert.Throws<InvalidOperationException>(() => WorkerTeam.For(2, 1, new Body((start, _) =>
            {
                meeting.SignalAndWait();
                if (Environment.CurrentManagedThreadId == caller == onCaller)
                {
                    ThrowHere(start);
                }

                Thread.Sleep(5);
                Interlocked.Increment(ref done);
            })));
            Assert.Contains(nameof(ThrowHere), thrown.StackTrace, StringComparison.Ordinal);
            Assert.Equal(repeat + 1, done);
            AssertMeet(2);
        }
    }

    [Fact]
    public void OneOfManyExceptionsReachesTheCaller()
    {
        WorkerTeam.Size = 3;
        int begun = 0;
        Assert.Throws<InvalidOperationException>(() => WorkerTeam.For(100, 1, new Body((start, _) =>
        {
            Interlocked.Increment(ref begun);
            ThrowHere(start);
        })));
        Assert.Equal(12, begun); // 4 pieces per thread: each has run
        AssertMeet(3);
    }

    [Fact]
    public void ParkedWorkersComeBack()
    {
        WorkerTeam.Size = 3;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            AssertMeet(3);
            Thread.Sleep(20);
        }
    }

    [Fact]
    public void AnInterruptDoesNotEndALoop()
    {
        WorkerTeam.Size = 2;
        Thread caller = Thread.CurrentThread;
        bool workerEnded = false;
        using var meeting = new Barrier(2);
        WorkerTeam.For(2, 1, new Body((_, _) =>
        {
            meeting.SignalAndWait();
            if (Thread.CurrentThread != caller)
            {
                Thread.Sleep(20); // The caller is parked by now.
                caller.Interrupt();
                Thread.Sleep(20);
                Volatile.Write(ref workerEnded, true);
            }
        }));
        Assert.True(workerEnded);
        Assert.Throws<ThreadInterruptedException>(() => Thread.Sleep(20_000));
    }

    [Fact]
    public void SpansFollowTheirArraysWhenTheyMove()
    {
        WorkerTeam.Size = 2;
        int moves = 0;
        for (int repeat = 0; repeat < 20; repeat++)
        {
            WriteWhileCollecting(ref moves);
        }

        Assert.True(moves > 0, "no array moved: the test has shown nothing");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteWhileCollecting(ref int moves)
    {
        Litter();
        Span<int> values = new int[1000]; // Nothing but spans knows the array, and the litter before it leaves room to move.
        nint before = Address(values);
        WorkerTeam.For(values.Length, 1, new SquaresWhileCollecting(values));
        moves += Address(values) == before ? 0 : 1;
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(i * i, values[i]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Inlined, the two addresses become one value to the compiler, which knows of no moves.
    private static unsafe nint Address(Span<int> values) => (nint)Unsafe.AsPointer(ref values[0]);

    private static void Litter()
    {
        for (int i = 0; i < 100; i++)
        {
            litter = new byte[1000];
        }
    }

    private static void ThrowHere(int piece) => throw new InvalidOperationException($"piece at {piece}");

    /// <summary>Ends only if as many threads as said take part at the same time.</summary>
    private static void AssertMeet(int threads, int maxThreads = 0)
    {
        using var meeting = new Barrier(threads);
        int missed = 0;
        WorkerTeam.For(threads, 1, new Body((_, _) =>
        {
            if (!meeting.SignalAndWait(TimeSpan.FromSeconds(20)))
            {
                Interlocked.Increment(ref missed);
            }
        }), maxThreads);
        Assert.Equal(0, missed);
    }

    private static long Repeat(int times)
    {
        Span<long> sums = stackalloc long[64];
        for (int i = 0; i < times; i++)
        {
            WorkerTeam.For(sums.Length, 1, new Add(sums));
        }

        return sums[0];
    }

    private readonly struct Body(Action<int, int> action) : IRangeBody
    {
        public void Invoke(int start, int end) => action(start, end);
    }

    private readonly ref struct Add(Span<long> sums) : IRangeBody
    {
        private readonly Span<long> sums = sums;

        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                sums[i] += i + 1;
            }
        }
    }

    private readonly ref struct SquaresWhileCollecting(Span<int> values) : IRangeBody
    {
        private readonly Span<int> values = values;

        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                values[i] = i * i;
                if (i % 100 == 0)
                {
                    Litter();
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
                }
            }
        }
    }
}
