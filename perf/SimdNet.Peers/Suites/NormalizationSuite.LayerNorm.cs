using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <content>Layer normalisation, forward and backward.</content>
internal sealed partial class NormalizationSuite
{
    private sealed class LayerNorm
    {
        private readonly int _rows, _features;
        private readonly AlignedBuffer _x, _gamma, _beta, _dy, _y, _dx, _mean, _inverseDeviation, _dGamma, _dBeta;
        private readonly torch.Tensor _torchX, _torchGamma, _torchBeta, _torchDy;

        public LayerNorm(ShapeCase asked)
        {
            (_rows, _features) = (asked.Shape[0], asked.Shape[1]);
            (_x, _dy) = (RandomData.Floats(asked.Length, seed: 1, low: -1, high: 2), RandomData.Floats(asked.Length, seed: 2));
            (_gamma, _beta) = (RandomData.Floats(_features, seed: 3, low: 0.5f, high: 1.5f), RandomData.Floats(_features, seed: 4));
            (_y, _dx) = (new(asked.Length), new(asked.Length));
            (_mean, _inverseDeviation, _dGamma, _dBeta) = (new(_rows), new(_rows), new(_features), new(_features));
            (_torchX, _torchDy) = (Torch.Tensor(_x, asked.LongShape), Torch.Tensor(_dy, asked.LongShape));
            (_torchGamma, _torchBeta) = (Torch.Tensor(_gamma, _features), Torch.Tensor(_beta, _features));
        }

        public (Contestant SimdNet, Contestant LibTorch, Action Check, int Arrays) Forward() => (
            new("SimdNet", Ours), Torch.Contestant(Torch.Name, Theirs),
            () =>
            {
                _y.Span.Fill(float.NaN);
                Ours();
                Compare("y", _y.Span, Torch.Answer(Theirs), _features);
            },
            2);

        public (Contestant SimdNet, Contestant LibTorch, Action Check, int Arrays) Backward()
        {
            torch.Tensor[] variables = [_torchX.requires_grad_(), _torchGamma.requires_grad_(), _torchBeta.requires_grad_()];
            torch.Tensor y = Theirs();
            Contestant ours = new("SimdNet", () => LayerNormalization.Backward(
                _x.Span, _mean.Span, _inverseDeviation.Span, _gamma.Span, _dy.Span, _rows, _features, _dx.Span, _dGamma.Span, _dBeta.Span));
            Func<IEnumerable<torch.Tensor>> theirs = () => torch.autograd.grad([y], variables, [_torchDy], retain_graph: true);
            return (ours, Torch.Contestant(Torch.Name, theirs), Check, 3);

            void Check()
            {
                _dx.Span.Fill(float.NaN);
                Ours();
                ours.Run();
                float[][] gradients = [.. theirs().Select(Torch.Values)];
                Compare("dx", _dx.Span, gradients[0], _features);
                Compare("dGamma", _dGamma.Span, gradients[1], _rows);
                Compare("dBeta", _dBeta.Span, gradients[2], _rows);
            }
        }

        private void Ours() => LayerNormalization.Forward(
            _x.Span, _gamma.Span, _beta.Span, _rows, _features, Epsilon, _y.Span, _mean.Span, _inverseDeviation.Span);

        private torch.Tensor Theirs() => torch.nn.functional.layer_norm(_torchX, [_features], _torchGamma, _torchBeta, Epsilon);
    }
}
