using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Onnx;
using SimdNet.Training;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary>A network, by everyone who can have it, with SimdNet's parameters.</summary>
/// <param name="Input">The shape of a sample.</param>
/// <param name="Parts">The layers in order.</param>
internal sealed record Net(Shape Input, Part[] Parts)
{
    /// <summary>The classes.</summary>
    public int Outputs => Shapes()[^1].Length;

    /// <summary>Multiplies and adds of the products of a forward pass, for one sample.</summary>
    public double ForwardFlops => PartFlops().Sum();

    /// <summary>Those of a training step: forward, the gradient of every weight, that of every layer's inputs but the first's.</summary>
    public double StepFlops => (3 * ForwardFlops) - PartFlops().First(flops => flops > 0);

    /// <summary>The network in SimdNet.</summary>
    public Network ToNetwork() => new(Input, seed: 1, [.. Parts.Select(part => part.ToLayer())]);

    /// <summary>The network in libtorch.</summary>
    public Module ToModule(Network parameters)
    {
        (string, Module)[] modules = [.. Parts.Zip(Shapes(), (part, shape) => part.ToModule(shape)).Select((module, i) => ($"{i}", module))];
        Module sequential = torch.nn.Sequential(modules);
        using var frozen = torch.no_grad();
        foreach ((Window window, var parameter) in parameters.Parameters.Zip(sequential.parameters(), (window, parameter) => (window, parameter)))
        {
            using torch.Tensor values = Torch.Tensor(parameters.Parameter(window.Name), parameter.shape);
            parameter.copy_(values);
        }

        return sequential;
    }

    /// <summary>The network in ONNX.</summary>
    public byte[] ToOnnx(Network parameters, int batch)
    {
        Queue<float[]> values = new(parameters.Parameters.Select(window => parameters.Parameter(window.Name).ToArray()));
        OnnxModel model = new(BatchOf(Input, batch));
        string x = OnnxModel.Input;
        foreach ((Part part, Shape shape) in Parts.Zip(Shapes()))
        {
            x = part.AddTo(model, x, shape, values);
        }

        return model.ToBytes(x);
    }

    /// <summary>The shape of a batch, as libtorch and ONNX have it.</summary>
    public static long[] BatchOf(Shape sample, int batch) => [batch, .. sample.ToArray()];

    private IEnumerable<double> PartFlops() => Parts.Zip(Shapes(), (part, shape) => part.Flops(shape));

    /// <summary>What goes into each part, and what comes out of the last.</summary>
    private List<Shape> Shapes()
    {
        List<Shape> shapes = [Input];
        foreach (Part part in Parts)
        {
            shapes.Add(part.Output(shapes[^1]));
        }

        return shapes;
    }
}
