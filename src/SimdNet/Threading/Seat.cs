namespace SimdNet.Threading;

/// <summary>One thread's place in the team: the pieces dealt to it, which others may take when they have none left.</summary>
internal sealed class Seat
{
    private readonly Sleeper _sleeper;
    private PaddedInt64 _pieces; // next piece in the upper half, one past the last in the lower

    public Seat(Func<bool> soon) => _sleeper = new Sleeper(() => HasPieces(Volatile.Read(ref _pieces.Value)), soon);

    /// <summary>Hands over the pieces from <paramref name="first"/> up to <paramref name="end"/> and wakes who sleeps here.</summary>
    public void Deal(int first, int end)
    {
        // Full fence: whoever claims a piece sees the job written before it, and Wake must not look before the pieces lie here.
        Interlocked.Exchange(ref _pieces.Value, ((long)first << 32) | (uint)end);
        _sleeper.Wake();
    }

    /// <summary>Takes the next piece, if one is left.</summary>
    public bool TryClaim(out int piece)
    {
        long seen = Volatile.Read(ref _pieces.Value);
        while (HasPieces(seen))
        {
            long before = Interlocked.CompareExchange(ref _pieces.Value, seen + (1L << 32), seen);
            if (before == seen)
            {
                piece = (int)(seen >> 32);
                return true;
            }

            seen = before;
        }

        piece = -1;
        return false;
    }

    /// <summary>Returns when pieces have been dealt; another may have taken them by then.</summary>
    public void Wait() => _sleeper.Wait();

    private static bool HasPieces(long pieces) => (int)(pieces >> 32) < (int)pieces;
}
