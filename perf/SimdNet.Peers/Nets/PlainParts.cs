using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Peers.Onnx;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary><c>y = W·x + b</c></summary>
internal sealed record DensePart(int Units) : Part
{
    public override Layer ToLayer() => new Dense(Units);

    public override Module ToModule(Shape input) => torch.nn.Linear(input.Length, Units);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values)
    {
        string weight = model.Constant(values.Next(), Units, input.Length), bias = model.Constant(values.Next(), Units);
        return model.Node("Gemm", [x, weight, bias], ("transB", 1L));
    }

    public override Shape Output(Shape input) => Shape.Vector(Units);

    public override double Flops(Shape input) => 2.0 * input.Length * Units;
}

/// <summary><c>max(x, 0)</c></summary>
internal sealed record ReLUPart : Part
{
    public override Layer ToLayer() => new ReLU();

    public override Module ToModule(Shape input) => torch.nn.ReLU(inplace: true);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values) => model.Node("Relu", [x]);
}

/// <summary><c>tanh x</c></summary>
internal sealed record TanhPart : Part
{
    public override Layer ToLayer() => new Tanh();

    public override Module ToModule(Shape input) => torch.nn.Tanh(inplace: true);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values) => model.Node("Tanh", [x]);
}

/// <summary>Dropout: nothing, in prediction.</summary>
internal sealed record DropoutPart(float Probability) : Part
{
    public override Layer ToLayer() => new Dropout(Probability);

    public override Module ToModule(Shape input) => torch.nn.Dropout(Probability);

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values) => x;
}

/// <summary>An image as a vector.</summary>
internal sealed record FlattenPart : Part
{
    public override Layer ToLayer() => new Flatten();

    public override Module ToModule(Shape input) => torch.nn.Flatten();

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values) => model.Node("Flatten", [x]);

    public override Shape Output(Shape input) => Shape.Vector(input.Length);
}
