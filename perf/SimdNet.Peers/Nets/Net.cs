using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Onnx;
using SimdNet.Training;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary>A network, by everyone who can have it, with SimdNet's parameters.</summary>
/// <param name="Input">The shape of a sample.</param>
/// <param name="Parts">The layers.</param>
internal sealed record Net(Shape Input, Sequence Parts)
{
    /// <summary>The classes.</summary>
    public int Outputs => Parts.Output(Input).Length;

    /// <summary>Multiplies and adds of the products of a forward pass, for one sample.</summary>
    public double ForwardFlops => Parts.Flops(Input).Sum();

    /// <summary>Those of a training step: forward, the gradient of every weight, that of every layer's inputs but the first's.</summary>
    public double StepFlops => (3 * ForwardFlops) - Parts.Flops(Input).First(flops => flops > 0);

    /// <summary>The same network without dropout, whose masks are everyone's own.</summary>
    public Net Certain => new(Input, new Sequence([.. Parts.Parts.Where(part => part is not DropoutPart)]));

    /// <summary>The shape of a batch, as libtorch and ONNX have it.</summary>
    public long[] BatchShape(int batch) => [batch, .. Input.ToArray()];

    /// <summary>The network in SimdNet.</summary>
    public Network ToNetwork() => new(Input, seed: 1, Parts.ToLayers());

    /// <summary>The network in libtorch.</summary>
    public Module ToModule(Network network)
    {
        Module module = Parts.ToModule(Input);
        ParameterQueue values = new(network);
        using var frozen = torch.no_grad();
        foreach (var parameter in module.parameters())
        {
            using torch.Tensor tensor = Torch.Tensor(values.Next(), parameter.shape);
            parameter.copy_(tensor);
        }

        return module;
    }

    /// <summary>The network in ONNX.</summary>
    public byte[] ToOnnx(Network network, int batch)
    {
        OnnxModel model = new(BatchShape(batch));
        return model.ToBytes(Parts.AddTo(model, OnnxModel.Input, Input, new ParameterQueue(network)));
    }
}
