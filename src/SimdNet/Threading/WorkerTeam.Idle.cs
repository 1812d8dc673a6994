namespace SimdNet.Threading;

/// <content>What workers do between loops.</content>
public static unsafe partial class WorkerTeam
{
    private static IdleWork? s_idleWork;

    /// <summary>Lets workers do this between loops, and wakes one. If they have other such work, or there are none, nobody does it.</summary>
    internal static void Offer(IdleWork work)
    {
        if (Size > 1 && Interlocked.CompareExchange(ref s_idleWork, work, null) is null)
        {
            HireOne();
            Seat[] seats = Volatile.Read(ref s_seats);
            if (seats.Length > 1)
            {
                seats[1].Wake();
            }
        }
    }

    /// <summary>Makes room for other work; nothing if the team does not have this one.</summary>
    internal static void Withdraw(IdleWork work) => Interlocked.CompareExchange(ref s_idleWork, null, work);

    private static IdleWork? IdleWorkFor(int own) =>
        own < Size && Volatile.Read(ref s_idleWork) is { HasItems: true } work ? work : null;

    /// <summary>Before any loop there is no worker; while a loop has the team, it makes them.</summary>
    private static void HireOne()
    {
        if (s_seats.Length == 1 && TryTake())
        {
            try
            {
                Hire(threads: 2);
            }
            finally
            {
                Volatile.Write(ref s_taken.Value, 0);
            }
        }
    }
}
