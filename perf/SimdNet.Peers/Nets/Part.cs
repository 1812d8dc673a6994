using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Peers.Onnx;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary>A layer, by everyone who has it.</summary>
internal abstract record Part
{
    /// <summary>Multiplies and adds of products, forward, for one sample.</summary>
    public virtual double Flops(Shape input) => 0;

    /// <summary>The shape of a sample's outputs.</summary>
    public virtual Shape Output(Shape input) => input;

    /// <summary>The layer in SimdNet.</summary>
    public abstract Layer ToLayer();

    /// <summary>The module in libtorch.</summary>
    public abstract Module ToModule(Shape input);

    /// <summary>Adds the nodes in ONNX.</summary>
    /// <param name="model">The model.</param>
    /// <param name="x">The name of the inputs.</param>
    /// <param name="input">The shape of a sample of them.</param>
    /// <param name="values">The values of the parameters, in SimdNet's order: what belongs to the part is taken off.</param>
    /// <returns>The name of the outputs.</returns>
    public abstract string AddTo(OnnxModel model, string x, Shape input, Queue<float[]> values);
}

/// <summary><c>y = W·x + b</c></summary>
internal sealed record DensePart(int Units) : Part
{
    public override double Flops(Shape input) => 2.0 * input.Length * Units;

    public override Shape Output(Shape input) => Shape.Vector(Units);

    public override Layer ToLayer() => new Dense(Units);

    public override Module ToModule(Shape input) => torch.nn.Linear(input.Length, Units);

    public override string AddTo(OnnxModel model, string x, Shape input, Queue<float[]> values)
    {
        string weight = model.Constant(values.Dequeue(), Units, input.Length), bias = model.Constant(values.Dequeue(), Units);
        return model.Node("Gemm", [x, weight, bias], ("transB", 1L));
    }
}

/// <summary><c>max(x, 0)</c></summary>
internal sealed record ReLUPart : Part
{
    public override Layer ToLayer() => new ReLU();

    public override Module ToModule(Shape input) => torch.nn.ReLU(inplace: true);

    public override string AddTo(OnnxModel model, string x, Shape input, Queue<float[]> values) => model.Node("Relu", [x]);
}
