using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;

namespace SimdNet.Peers.Suites;

/// <summary>
/// Predictions by two callers at once, each with a predictor, module or session of its own: the time in which both predict once. A case is
/// named <c>mlp 784-512-512-10 batch 64</c>; <c>--threads</c> are those of each caller.
/// </summary>
internal sealed class TwoCallersSuite : NetSuite
{
    private const int Callers = 2;

    // Of each caller in a row, so that to start both together and to wait for the later one, some 50 µs, is little.
    private const double FlopsInARow = 8e8;
    private const int MostInARow = 1 << 14;

    private SecondCaller? _second;

    public override string Name => "predict-two-callers";

    public override IReadOnlyList<string> DefaultCases { get; } =
    [
        "mlp 784-512-512-10 batch 1", "mlp 784-512-512-10 batch 64", "mlp 16-64-64-4 batch 1", "mlp 16-64-64-4 batch 64",
        "mlp 64-256-256-8 batch 1", "mlp 64-256-256-8 batch 32", "cnn batch 1", "cnn batch 64", "lenet batch 64", "resnet batch 32",
    ];

    protected override IEnumerable<string> LoadPeers(int threads) =>
        [.. base.LoadPeers(threads), OnnxRuntime.Version, $"Callers: {Callers}; times are those in which each of them predicts once"];

    protected override Case Create(NetCase asked)
    {
        SecondCaller second = _second ??= new(asked.Threads);
        Network network = asked.Net.ToNetwork();
        Predictions mine = new(asked, network), theirs = new(asked, network);
        double flops = asked.Net.ForwardFlops * asked.Batch;
        int times = (int)Math.Clamp(FlopsInARow / flops, 1, MostInARow);
        return new(
            asked.Name, Callers * flops, Both(mine.Ours, theirs.Ours), [.. mine.Peers.Zip(theirs.Peers, Both)], Check,
            () => Limits.Fma(Callers * flops, Callers * asked.Threads));

        Contestant Both(Contestant first, Contestant other) =>
            new(first.Name, () => second.RunBoth(() => Repeat(first.Run, times), () => Repeat(other.Run, times)), times);

        void Check()
        {
            mine.Check();
            theirs.Check();
        }
    }

    private static void Repeat(Action run, int times)
    {
        for (int i = 0; i < times; i++)
        {
            run();
        }
    }
}
