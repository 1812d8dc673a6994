using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Peers.Onnx;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Nets;

/// <summary><c>body(x) + shortcut(x)</c>; a shortcut without parts is x itself.</summary>
internal sealed record ResidualPart(Sequence Body, Sequence Shortcut) : Part
{
    public override Layer ToLayer() => new Residual(Body.ToLayers()) { Shortcut = Shortcut.ToLayers() };

    public override Module ToModule(Shape input) =>
        new Branches(Body.ToModule(input), Shortcut.Parts is [] ? null : Shortcut.ToModule(input));

    public override string AddTo(OnnxModel model, string x, Shape input, ParameterQueue values)
    {
        string body = Body.AddTo(model, x, input, values), shortcut = Shortcut.AddTo(model, x, input, values);
        return model.Node("Add", [body, shortcut]);
    }

    public override Shape Output(Shape input) => Body.Output(input);

    public override double Flops(Shape input) => Body.Flops(input).Sum() + Shortcut.Flops(input).Sum();

    private sealed class Branches : Module
    {
        private readonly Module _body;
        private readonly Module? _shortcut;

        public Branches(Module body, Module? shortcut)
            : base(nameof(Branches))
        {
            (_body, _shortcut) = (body, shortcut);
            register_module("body", body);
            if (shortcut is not null)
            {
                register_module("shortcut", shortcut);
            }
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            torch.Tensor sum = _body.forward(input);
            if (_shortcut is null)
            {
                return sum.add_(input);
            }

            using torch.Tensor around = _shortcut.forward(input);
            return sum.add_(around);
        }
    }
}
