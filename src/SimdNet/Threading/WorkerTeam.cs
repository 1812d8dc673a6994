using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace SimdNet.Threading;

/// <summary>
/// The threads of this process that share the work of a parallel loop. A loop allocates nothing and is safe anywhere: while one has the
/// team, another, inside its body or on another thread, runs alone on its own thread and never waits.
/// </summary>
public static unsafe partial class WorkerTeam
{
    /// <summary>The largest <see cref="Size"/>.</summary>
    public const int MaxSize = 1024;

    private static readonly Sleeper s_caller = new(() => Volatile.Read(ref s_unfinished.Value) == 0, soon: () => false);

    private static PaddedInt64 s_taken; // 1 while a loop has the team; what follows belongs to that loop
    private static PaddedInt64 s_unfinished; // pieces not yet reported as ended
    private static Job s_job;
    private static ExceptionDispatchInfo? s_failure;
    private static Seat[] s_seats = [new Seat(IsTaken)]; // the first is the caller's, each other has a worker

    private static int s_size = DefaultSize();

    /// <summary>
    /// Threads that take part in a loop, the caller included; 1 to <see cref="MaxSize"/>. At first the environment variable
    /// SIMDNET_THREADS if it is a positive number, else the number of processors. Workers are background threads, made when
    /// first needed and parked when not.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above <see cref="MaxSize"/>.</exception>
    public static int Size
    {
        get => Volatile.Read(ref s_size);
        set
        {
            Guard.InRange(value, 1, MaxSize, nameof(Size));
            Volatile.Write(ref s_size, value);
        }
    }

    /// <summary>
    /// Calls <paramref name="body"/> on contiguous pieces that together are [0, <paramref name="count"/>), each item exactly once, and
    /// returns when all have ended. Fewer than 2 · <paramref name="grain"/> items, or one thread, are one plain call.
    /// </summary>
    /// <typeparam name="TBody">The body's type.</typeparam>
    /// <param name="count">Items in the range.</param>
    /// <param name="grain">The fewest items in a piece; each piece starts at a multiple of it.</param>
    /// <param name="body">The body, copied once and shared by all threads; which of them does a piece is not determined.</param>
    /// <param name="maxThreads">Threads that may take part, never more than <see cref="Size"/>; 0 for <see cref="Size"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="count"/> or <paramref name="maxThreads"/> is negative, or <paramref name="grain"/> is below 1.
    /// </exception>
    /// <remarks>
    /// There are at most 4 pieces per thread; with a grain of count / threads there is one. An exception in a piece reaches the caller,
    /// the first if several throw, when all pieces have ended.
    /// </remarks>
    public static void For<TBody>(int count, int grain, scoped in TBody body, int maxThreads = 0)
        where TBody : struct, IRangeBody, allows ref struct
    {
        Guard.NotNegative(count, nameof(count));
        Guard.Positive(grain, nameof(grain));
        Guard.NotNegative(maxThreads, nameof(maxThreads));

        // The workers reach the body by a raw pointer. That is legal because it is a local of this frame (the argument may lie in an
        // object, which moves), because Share returns only when no worker will touch it again, and because the collector keeps
        // the references of an address-taken local alive and up to date in place, whoever reads them.
        TBody local = body;
        int threads = ThreadsFor(count, grain, maxThreads);
        if (threads > 1 && TryTake())
        {
            Share(new Job(count, grain, threads, Unsafe.AsPointer(ref local), &Invoke<TBody>));
        }
        else if (count > 0)
        {
            local.Invoke(0, count);
        }
    }

    private static void Invoke<TBody>(void* body, int start, int end)
        where TBody : struct, IRangeBody, allows ref struct => Unsafe.AsRef<TBody>(body).Invoke(start, end);

    private static int ThreadsFor(int count, int grain, int maxThreads)
    {
        int threads = maxThreads == 0 ? Size : Math.Min(Size, maxThreads);
        return threads == 1 || count < 2L * grain ? 1 : Math.Min(threads, count / grain);
    }

    private static bool IsTaken() => Volatile.Read(ref s_taken.Value) != 0;

    private static bool TryTake() =>
        Volatile.Read(ref s_taken.Value) == 0 && Interlocked.CompareExchange(ref s_taken.Value, 1, 0) == 0;

    private static void Share(in Job shared)
    {
        ExceptionDispatchInfo? thrown;
        try
        {
            Hire(shared.Threads); // The only line here that may throw: nothing has been dealt yet.
            Deal(shared);
            if (TryClaimAny(own: 0, out int piece))
            {
                Work(own: 0, piece);
            }

            s_caller.Wait();
            thrown = s_failure;
            s_failure = null;
        }
        finally
        {
            Volatile.Write(ref s_taken.Value, 0);
        }

        thrown?.Throw();
    }

    private static void Hire(int threads)
    {
        while (s_seats.Length < threads)
        {
            int own = s_seats.Length;
            var seat = new Seat(IsTaken, () => IdleWorkFor(own) is not null);
            new Thread(() => Serve(own, seat)) { IsBackground = true, Name = $"SimdNet worker {own}" }.UnsafeStart();
            s_seats = [.. s_seats, seat];
        }
    }

    private static void Deal(in Job shared)
    {
        s_job = shared;
        s_unfinished.Value = shared.Pieces;
        for (int thread = 0; thread < shared.Threads; thread++)
        {
            s_seats[thread].Deal(shared.FirstPiece(thread), shared.FirstPiece(thread + 1));
        }
    }

    /// <summary>
    /// A worker's life. It enters a job by a piece of its own seat: until it reports that piece the job cannot end, so what it reads is
    /// that job's. If it comes so late that others have taken all it was dealt, it stays out, and the caller has not waited for it.
    /// </summary>
    [DoesNotReturn]
    private static void Serve(int own, Seat seat)
    {
        while (true)
        {
            seat.Wait();
            if (seat.TryClaim(out int piece))
            {
                Work(own, piece);
            }
            else
            {
                IdleWorkFor(own)?.TryRunOne();
            }
        }
    }

    private static void Work(int own, int piece)
    {
        int ended = 0;
        do
        {
            Run(piece);
            ended++;
        }
        while (TryClaimAny(own, out piece));

        // Full fence: what the pieces wrote is seen by the caller, and Wake looks after the count is down.
        if (Interlocked.Add(ref s_unfinished.Value, -ended) == 0)
        {
            s_caller.Wake();
        }
    }

    private static bool TryClaimAny(int own, out int piece)
    {
        int threads = s_job.Threads;
        for (int i = 0; i < threads; i++)
        {
            if (s_seats[(own + i) % threads].TryClaim(out piece))
            {
                return true;
            }
        }

        piece = -1;
        return false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a body throws is handed on to the s_caller.")]
    private static void Run(int piece)
    {
        try
        {
            s_job.Run(piece);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref s_failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }

    private static int DefaultSize() =>
        int.TryParse(Environment.GetEnvironmentVariable("SIMDNET_THREADS"), out int threads) && threads > 0
            ? Math.Min(threads, MaxSize)
            : Math.Min(Environment.ProcessorCount, MaxSize);
}
