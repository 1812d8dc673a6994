using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;

namespace SimdNet.Peers.Suites;

/// <summary>Whole predictions beside libtorch and ONNX Runtime. A case is named <c>mlp 784-512-512-10 batch 64</c>.</summary>
internal class PredictSuite : NetSuite
{
    public override string Name => "predict";

    public override IReadOnlyList<string> DefaultCases { get; } =
        [.. Catalog.CommonCases, "mlp 16-64-64-4 batch 1", "mlp 16-64-64-4 batch 64", "mlp 16-64-64-4 batch 256", "cnn batch 1"];

    protected override IEnumerable<string> LoadPeers(int threads) => [.. base.LoadPeers(threads), OnnxRuntime.Version];

    protected override Case Create(NetCase asked)
    {
        Predictions predictions = new(asked, asked.Net.ToNetwork());
        double flops = asked.Net.ForwardFlops * asked.Batch;
        return new(
            asked.Name, flops, predictions.Ours, predictions.Peers, predictions.Check, () => Limits.Fma(flops, asked.Threads));
    }
}
