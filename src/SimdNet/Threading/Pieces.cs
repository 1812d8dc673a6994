namespace SimdNet.Threading;

/// <summary>Numbered pieces of work that threads take one by one: first come, first served, and each piece once.</summary>
internal struct Pieces
{
    private PaddedInt64 _range; // next piece in the upper half, one past the last in the lower

    /// <summary>Whether one is left.</summary>
    public bool Any => IsAny(Volatile.Read(ref _range.Value));

    /// <summary>
    /// Lays out the pieces from <paramref name="first"/> up to <paramref name="end"/>. A full fence: whoever claims one sees what was
    /// written before.
    /// </summary>
    public void Deal(int first, int end) => Interlocked.Exchange(ref _range.Value, ((long)first << 32) | (uint)end);

    /// <summary>Takes the next piece, if one is left.</summary>
    public bool TryClaim(out int piece)
    {
        long seen = Volatile.Read(ref _range.Value);
        while (IsAny(seen))
        {
            long before = Interlocked.CompareExchange(ref _range.Value, seen + (1L << 32), seen);
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

    /// <summary>Takes all that are left; gives their number.</summary>
    public int ClaimAll()
    {
        long seen = Interlocked.Exchange(ref _range.Value, 0);
        return Math.Max(0, (int)seen - (int)(seen >> 32));
    }

    private static bool IsAny(long range) => (int)(range >> 32) < (int)range;
}
