using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Peers.Onnx;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary>Parts in order.</summary>
internal sealed record Sequence(params Part[] Parts)
{
    /// <summary>The layers in SimdNet.</summary>
    public Layer[] ToLayers() => [.. Parts.Select(part => part.ToLayer())];

    /// <summary>The module in libtorch.</summary>
    public Module ToModule(Shape input)
    {
        Shape[] shapes = Shapes(input);
        return torch.nn.Sequential([.. Parts.Select((part, i) => ($"{i}", part.ToModule(shapes[i])))]);
    }

    /// <summary>Adds the nodes in ONNX.</summary>
    /// <inheritdoc cref="Part.AddTo"/>
    public string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values)
    {
        foreach ((Part part, Shape shape) in Parts.Zip(Shapes(input)))
        {
            x = part.AddTo(model, x, shape, values);
        }

        return x;
    }

    /// <summary>The shape of a sample's outputs.</summary>
    public Shape Output(Shape input) => Shapes(input)[^1];

    /// <summary>Multiplies and adds of products, forward, for one sample, of each part.</summary>
    public IEnumerable<double> Flops(Shape input) => Parts.Zip(Shapes(input), (part, shape) => part.Flops(shape));

    /// <summary>What goes into each part, and what comes out of the last.</summary>
    private Shape[] Shapes(Shape input)
    {
        Shape[] shapes = [input, .. Parts.Select(_ => input)];
        for (int i = 0; i < Parts.Length; i++)
        {
            shapes[i + 1] = Parts[i].Output(shapes[i]);
        }

        return shapes;
    }
}
