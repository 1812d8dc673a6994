using SimdNet.Peers.Native;
using TorchSharp;

namespace SimdNet.Peers;

/// <summary>A thread that does something while the first caller does the like.</summary>
internal sealed class SecondCaller
{
    private readonly Barrier _barrier = new(participantCount: 2); // it spins for a while, then sleeps
    private Action _work = () => { };

    /// <summary>Starts the thread, which waits for work.</summary>
    /// <param name="threads">Those of libtorch in that thread: each has its own number.</param>
    public SecondCaller(int threads) => new Thread(() => Serve(threads)) { IsBackground = true, Name = "second caller" }.Start();

    /// <summary>Does both at once, and comes back when both are done.</summary>
    public void RunBoth(Action first, Action second)
    {
        _work = second;
        _barrier.SignalAndWait();
        first();
        _barrier.SignalAndWait();
    }

    private void Serve(int threads)
    {
        torch.set_num_threads(threads);
        Torch.EnterInference();
        while (true)
        {
            _barrier.SignalAndWait();
            _work();
            _barrier.SignalAndWait();
        }
    }
}
