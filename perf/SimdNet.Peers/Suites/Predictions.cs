using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Suites;

/// <summary>What one caller has to predict with: of each contestant its own predictor, module or session, with the same weights.</summary>
internal sealed class Predictions
{
    /// <summary>What two right answers may differ by, relative to their size: some hundred times the error of one product.</summary>
    private const double Tolerance = 1e-4;

    private readonly AlignedBuffer _samples, _outputs;
    private readonly Predictor _predictor;
    private readonly OnnxRuntime _onnx;
    private readonly Module _module;
    private readonly torch.Tensor _x;

    public Predictions(NetSuite.NetCase asked, Network network)
    {
        (Net net, int batch) = (asked.Net, asked.Batch);
        (_samples, _outputs) = (asked.Samples(), new(batch * net.Outputs));
        _predictor = network.CreatePredictor(batch);
        _onnx = new(net.ToOnnx(network, batch), _samples, asked.SamplesShape, _outputs, [batch, net.Outputs], asked.Threads);
        _module = net.ToModule(network);
        _module.eval();
        Torch.EnterInference();
        _x = Torch.Tensor(_samples, asked.SamplesShape);
        Ours = new("SimdNet", () => _predictor.Predict(_samples.Span));
        Peers = [Torch.Contestant(Torch.Name, Theirs), new(OnnxRuntime.Name, _onnx.Run)];
    }

    /// <summary>SimdNet's.</summary>
    public Contestant Ours { get; }

    /// <summary>libtorch's and ONNX Runtime's; the former's in a thread that has entered inference.</summary>
    public Contestant[] Peers { get; }

    /// <summary>Compares the outputs.</summary>
    public void Check()
    {
        _outputs.Span.Fill(float.NaN); // what is not written is not right
        _onnx.Run();
        ReadOnlySpan<float> ours = _predictor.Predict(_samples.Span);
        Agreement.CheckNorm("output", OnnxRuntime.Name, ours, _outputs.Span, Tolerance);
        Agreement.CheckNorm("output", Torch.Name, ours, Torch.Answer(Theirs), Tolerance);
    }

    private torch.Tensor Theirs() => _module.forward(_x);
}
