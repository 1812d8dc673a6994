using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Peers.Onnx;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary>A convolution with a square window.</summary>
internal sealed record ConvolutionPart(int Channels, int Kernel, int Stride = 1, int Padding = 0, bool Bias = true) : Part
{
    public override Layer ToLayer() => new Conv2D(Channels, Kernel, Stride, Padding, bias: Bias);

    public override Module ToModule(Shape input) => torch.nn.Conv2d(input[0], Channels, Kernel, Stride, Padding, bias: Bias);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values)
    {
        List<string> inputs = [x, model.Constant(values.Next(), Channels, input[0], Kernel, Kernel)];
        if (Bias)
        {
            inputs.Add(model.Constant(values.Next(), Channels));
        }

        return model.Node(
            "Conv", [.. inputs], ("kernel_shape", (long[])[Kernel, Kernel]), ("strides", (long[])[Stride, Stride]),
            ("pads", (long[])[Padding, Padding, Padding, Padding]));
    }

    public override Shape Output(Shape input) => Shape.Image(Channels, Size(input[1]), Size(input[2]));

    public override double Flops(Shape input) => 2.0 * input[0] * Kernel * Kernel * Output(input).Length;

    private int Size(int size) => ((size + (2 * Padding) - Kernel) / Stride) + 1;
}

/// <summary>The largest value, or the mean, of each window; windows do not overlap.</summary>
internal sealed record PoolingPart(int Kernel, bool Average = false) : Part
{
    public override Layer ToLayer() => Average ? new AveragePool2D(Kernel) : new MaxPool2D(Kernel);

    public override Module ToModule(Shape input) => Average ? torch.nn.AvgPool2d(Kernel) : torch.nn.MaxPool2d(Kernel);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values)
    {
        long[] window = [Kernel, Kernel];
        return model.Node(Average ? "AveragePool" : "MaxPool", [x], ("kernel_shape", window), ("strides", window));
    }

    public override Shape Output(Shape input) => Shape.Image(input[0], input[1] / Kernel, input[2] / Kernel);
}

/// <summary>The mean of each channel.</summary>
internal sealed record GlobalAveragePart : Part
{
    public override Layer ToLayer() => new GlobalAveragePool2D();

    public override Module ToModule(Shape input) =>
        torch.nn.Sequential(("0", torch.nn.AdaptiveAvgPool2d(1)), ("1", torch.nn.Flatten()));

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values) =>
        model.Node("Flatten", [model.Node("GlobalAveragePool", [x])]);

    public override Shape Output(Shape input) => Shape.Vector(input[0]);
}

/// <summary>Batch normalisation of an image.</summary>
internal sealed record BatchNormPart : Part
{
    private const float Epsilon = 1e-5f, Momentum = 0.1f;

    public override Layer ToLayer() => new BatchNorm(Momentum, Epsilon);

    public override Module ToModule(Shape input) => torch.nn.BatchNorm2d(input[0], Epsilon, Momentum);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values)
    {
        string gamma = model.Constant(values.Next(), input[0]), beta = model.Constant(values.Next(), input[0]);
        string mean = model.Constant(values.NextStatistic(), input[0]), variance = model.Constant(values.NextStatistic(), input[0]);
        return model.Node("BatchNormalization", [x, gamma, beta, mean, variance], ("epsilon", Epsilon));
    }
}
