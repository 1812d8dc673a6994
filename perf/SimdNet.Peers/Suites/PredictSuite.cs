using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>Whole predictions beside libtorch and ONNX Runtime. A case is named <c>mlp 784-512-512-10 batch 64</c>.</summary>
internal sealed class PredictSuite : NetSuite
{
    /// <summary>What two right answers may differ by, relative to their size: some hundred times the error of one product.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Entered once, and never left: entering it for each prediction takes 2 µs.</summary>
    private IDisposable? _inference;

    public override string Name => "predict";

    public override IReadOnlyList<string> DefaultCases { get; } =
        [.. Catalog.CommonCases, "mlp 16-64-64-4 batch 1", "mlp 16-64-64-4 batch 64", "mlp 16-64-64-4 batch 256", "cnn batch 1"];

    protected override IEnumerable<string> LoadPeers(int threads) => [.. base.LoadPeers(threads), OnnxRuntime.Version];

    protected override Case Create(NetCase asked)
    {
        (Net net, int batch) = (asked.Net, asked.Batch);
        Network network = net.ToNetwork();
        Predictor predictor = network.CreatePredictor(batch);
        AlignedBuffer samples = asked.Samples(), outputs = new(batch * net.Outputs);
        OnnxRuntime onnx = new(net.ToOnnx(network, batch), samples, asked.SamplesShape, outputs, [batch, net.Outputs], asked.Threads);
        var module = net.ToModule(network);
        module.eval();
        _inference ??= torch.inference_mode();
        torch.Tensor x = Torch.Tensor(samples, asked.SamplesShape);
        Contestant simdNet = new("SimdNet", () => predictor.Predict(samples.Span)), onnxRuntime = new(OnnxRuntime.Name, onnx.Run);
        return new(
            asked.Name, net.ForwardFlops * batch, simdNet, [Torch.Contestant(Torch.Name, Theirs), onnxRuntime], Check,
            () => Limits.Fma(net.ForwardFlops * batch, asked.Threads));

        torch.Tensor Theirs() => module.forward(x);

        void Check()
        {
            outputs.Span.Fill(float.NaN); // what is not written is not right
            onnxRuntime.Run();
            ReadOnlySpan<float> ours = predictor.Predict(samples.Span);
            Agreement.CheckNorm("output", OnnxRuntime.Name, ours, outputs.Span, Tolerance);
            Agreement.CheckNorm("output", Torch.Name, ours, Torch.Answer(Theirs), Tolerance);
        }
    }
}
