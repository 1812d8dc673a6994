using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Peers.Onnx;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary>A layer, by everyone who has it.</summary>
internal abstract record Part
{
    /// <summary>The layer in SimdNet.</summary>
    public abstract Layer ToLayer();

    /// <summary>The module in libtorch.</summary>
    public abstract Module ToModule(Shape input);

    /// <summary>Adds the nodes in ONNX.</summary>
    /// <param name="model">The model.</param>
    /// <param name="x">The name of the inputs.</param>
    /// <param name="input">The shape of a sample of them.</param>
    /// <param name="values">The values of the parameters: what belongs to the part is taken off.</param>
    /// <returns>The name of the outputs.</returns>
    public abstract string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values);

    /// <summary>The shape of a sample's outputs.</summary>
    public virtual Shape Output(Shape input) => input;

    /// <summary>Multiplies and adds of products, forward, for one sample.</summary>
    public virtual double Flops(Shape input) => 0;
}
