using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace SimdNet.Threading;

/// <summary>
/// A loop that is not waited for yet: the team's workers do its items one by one whenever no parallel loop needs them, and whoever wants
/// the result at last does what is left. So it takes no thread of its own, gives way to every parallel loop after one item, and needs no
/// worker to end. One object may run any number of loops, one after the other, and allocates nothing.
/// </summary>
/// <remarks>
/// A thread beside the team was the other choice: with as many threads as cores it takes a core from a loop whose other threads then wait
/// for a time slice; an idle worker takes only what nobody needs. Items should be short: some 10 µs.
/// </remarks>
internal abstract class IdleWork
{
    private readonly Sleeper _owner;
    private Pieces _items;
    private PaddedInt64 _unfinished; // items not yet ended
    private ExceptionDispatchInfo? _failure;

    protected IdleWork() => _owner = new Sleeper(() => Volatile.Read(ref _unfinished.Value) == 0, soon: () => false);

    /// <summary>Whether an item is left for who has time.</summary>
    public bool HasItems => _items.Any;

    /// <summary>Does the next item, if one is left.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever an item throws is handed on to who completes the work.")]
    public bool TryRunOne()
    {
        if (!_items.TryClaim(out int item))
        {
            return false;
        }

        if (!_items.Any)
        {
            WorkerTeam.Withdraw(this);
        }

        try
        {
            Invoke(item);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }

        End(1);
        return true;
    }

    /// <summary>Does one item, on any thread, beside others; never two at a time of the same number.</summary>
    protected abstract void Invoke(int item);

    /// <summary>Begins a loop over <paramref name="count"/> items, 1 or more, and returns at once. The one before has ended.</summary>
    protected void Start(int count)
    {
        Debug.Assert(_unfinished.Value == 0 && count > 0, "one loop after the other");
        _failure = null;
        _unfinished.Value = count;
        _items.Deal(0, count);
        WorkerTeam.Offer(this);
    }

    /// <summary>Returns when all items have ended; does those that nobody has begun. An item's exception is thrown here, at each call.</summary>
    protected void Complete()
    {
        while (TryRunOne())
        {
        }

        _owner.Wait();
        _failure?.Throw();
    }

    /// <summary>Leaves out the items that nobody has begun, and returns when the others have ended.</summary>
    protected void Cancel()
    {
        int left = _items.ClaimAll();
        WorkerTeam.Withdraw(this);
        End(left);
        _owner.Wait();
    }

    private void End(int items)
    {
        // Full fence: what the items wrote is seen by the owner, and Wake looks after the count is down.
        if (items > 0 && Interlocked.Add(ref _unfinished.Value, -items) == 0)
        {
            _owner.Wake();
        }
    }
}
