namespace SimdNet.Threading;

/// <summary>One thread's place in the team: the pieces dealt to it, which others may take when they have none left.</summary>
internal sealed class Seat
{
    private readonly Sleeper _sleeper;
    private Pieces _pieces;

    /// <param name="soon">See <see cref="Sleeper"/>.</param>
    /// <param name="idleWork">Whether there is something to do for who has no pieces.</param>
    public Seat(Func<bool> soon, Func<bool>? idleWork = null) =>
        _sleeper = new Sleeper(idleWork is null ? () => _pieces.Any : () => _pieces.Any || idleWork(), soon);

    /// <summary>Hands over the pieces from <paramref name="first"/> up to <paramref name="end"/> and wakes who sleeps here.</summary>
    public void Deal(int first, int end)
    {
        _pieces.Deal(first, end); // A fence: Wake must not look before the pieces lie here.
        _sleeper.Wake();
    }

    /// <summary>Takes the next piece, if one is left.</summary>
    public bool TryClaim(out int piece) => _pieces.TryClaim(out piece);

    /// <summary>Returns when pieces have been dealt or there is idle work; another may have taken all by then.</summary>
    public void Wait() => _sleeper.Wait();

    /// <summary>Wakes who sleeps here, after a full fence behind what made idle work.</summary>
    public void Wake() => _sleeper.Wake();
}
