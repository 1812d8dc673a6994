using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Onnx;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>The data of a convolution, and what is done with it.</summary>
internal sealed class ConvolutionWork
{
    private readonly AlignedBuffer _x, _w, _bias, _y, _dy, _dx, _dw, _onnxOutput;
    private readonly torch.Tensor _torchX, _torchW, _torchBias, _torchDy, _variableX, _variableW;
    private readonly Lazy<OnnxRuntime> _onnx;

    public ConvolutionWork(ConvolutionShape shape, int threads)
    {
        Shape = shape;
        (_x, _w) = (RandomData.Floats(shape.InputLength, seed: 1), RandomData.Floats(shape.Weight.Length, seed: 2));
        (_bias, _dy) = (RandomData.Floats(shape.OutChannels, seed: 3), RandomData.Floats(shape.OutputLength, seed: 4));
        (_y, _dx, _dw, _onnxOutput) = (new(_dy.Length), new(_x.Length), new(_w.Length), new(_dy.Length));
        (_torchX, _torchW) = (Torch.Tensor(_x, XShape), Torch.Tensor(_w, WShape));
        (_torchBias, _torchDy) = (Torch.Tensor(_bias, shape.OutChannels), Torch.Tensor(_dy, YShape));
        (_variableX, _variableW) = (Torch.Variable(_x, XShape), Torch.Variable(_w, WShape));
        _onnx = new(() => new OnnxRuntime(Model(), _x, XShape, _onnxOutput, YShape, threads));
    }

    public ConvolutionShape Shape { get; }

    /// <summary>Of images, weights and outputs.</summary>
    public double Bytes => 4.0 * (_x.Length + _w.Length + _y.Length);

    private long[] XShape => [Shape.Batch, .. Shape.Image.ToArray()];

    private long[] WShape => [.. Shape.Weight.ToArray()];

    private long[] YShape => [Shape.Batch, .. Shape.Output.ToArray()];

    private long[] Strides => [Shape.Vertical.Stride, Shape.Horizontal.Stride];

    private long[] Padding => [Shape.Vertical.PadBefore, Shape.Horizontal.PadBefore];

    private long[] Dilation => [Shape.Vertical.Dilation, Shape.Horizontal.Dilation];

    public void Forward() => Convolution.Forward(_x.Span, _w.Span, _bias.Span, _y.Span, Shape);

    public void Train()
    {
        Forward();
        Convolution.BackwardInput(_dy.Span, _w.Span, _dx.Span, Shape);
        Convolution.BackwardWeight(_x.Span, _dy.Span, _dw.Span, Shape);
    }

    public torch.Tensor TorchForward() => Apply(_torchX, _torchW);

    public IEnumerable<torch.Tensor> TorchTraining()
    {
        torch.Tensor y = Apply(_variableX, _variableW);
        return [y, .. torch.autograd.grad([y], [_variableX, _variableW], [_torchDy])];
    }

    public void OnnxForward() => _onnx.Value.Run();

    public void CheckForward()
    {
        _y.Span.Fill(float.NaN); // what is not written is not right
        _onnxOutput.Span.Fill(float.NaN);
        Forward();
        OnnxForward();
        Check("y", Torch.Name, _y, Torch.Answer(TorchForward), Taps);
        Check("y", OnnxRuntime.Name, _y, _onnxOutput.Span, Taps);
    }

    public void CheckTraining()
    {
        _y.Span.Fill(float.NaN);
        _dx.Span.Fill(float.NaN);
        _dw.Span.Fill(float.NaN);
        Train();
        float[][] theirs = [.. TorchTraining().Select(Torch.Values)];
        Check("y", Torch.Name, _y, theirs[0], Taps);
        Check("dx", Torch.Name, _dx, theirs[1], Taps * Shape.OutChannels / Shape.Image[0]);
        Check("dw", Torch.Name, _dw, theirs[2], (double)_dy.Length / Shape.OutChannels);
    }

    /// <summary>What is summed for an output.</summary>
    private double Taps => (double)Shape.Weight.Length / Shape.OutChannels;

    /// <summary>
    /// As vectors, two sums of k products differ by less than γ(k) of their size, and some roundings: numbers and roundings here are of
    /// both signs, so that both grow with √k.
    /// </summary>
    private static void Check(string what, string peer, AlignedBuffer ours, ReadOnlySpan<float> theirs, double k) =>
        Agreement.CheckNorm(what, peer, ours.Span, theirs, Agreement.Gamma(k + 16));

    private torch.Tensor Apply(torch.Tensor x, torch.Tensor w) =>
        torch.nn.functional.conv2d(x, w, _torchBias, Strides, Padding, Dilation, Shape.Groups);

    private byte[] Model()
    {
        OnnxModel model = new(XShape);
        string[] inputs = [OnnxModel.Input, model.Constant(_w.Span, WShape), model.Constant(_bias.Span, Shape.OutChannels)];
        return model.ToBytes(model.Node(
            "Conv", inputs, ("kernel_shape", WShape[2..]), ("strides", Strides), ("pads", (long[])[.. Padding, .. Padding]),
            ("dilations", Dilation), ("group", (long)Shape.Groups)));
    }
}
