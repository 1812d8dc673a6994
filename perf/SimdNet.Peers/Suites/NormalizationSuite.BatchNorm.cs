using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <content>Batch normalisation, forward and backward.</content>
internal sealed partial class NormalizationSuite
{
    private sealed class BatchNorm
    {
        private readonly int _batch, _channels, _area;
        private readonly AlignedBuffer _x, _gamma, _beta, _dy, _y, _dx, _mean, _variance, _dGamma, _dBeta, _runningMean, _runningVariance;
        private readonly torch.Tensor _torchX, _torchGamma, _torchBeta, _torchMean, _torchVariance, _torchDy;

        public BatchNorm(ShapeCase asked)
        {
            (_batch, _channels, _area) = (asked.Shape[0], asked.Shape[1], asked.Shape[2] * asked.Shape[3]);
            (_x, _dy) = (RandomData.Floats(asked.Length, seed: 1, low: -1, high: 2), RandomData.Floats(asked.Length, seed: 2));
            (_gamma, _beta) = (RandomData.Floats(_channels, seed: 3, low: 0.5f, high: 1.5f), RandomData.Floats(_channels, seed: 4));
            (_y, _dx) = (new(asked.Length), new(asked.Length));
            (_mean, _variance, _dGamma, _dBeta) = (new(_channels), new(_channels), new(_channels), new(_channels));
            (_runningMean, _runningVariance) = (new(_channels), new(_channels));
            _torchX = Torch.Tensor(_x, asked.LongShape);
            (_torchGamma, _torchBeta) = (Torch.Tensor(_gamma, _channels), Torch.Tensor(_beta, _channels));
            (_torchMean, _torchVariance) = (Torch.Tensor(_runningMean, _channels), Torch.Tensor(_runningVariance, _channels));
            _torchDy = Torch.Tensor(_dy, asked.LongShape);
        }

        public (Contestant SimdNet, Contestant LibTorch, Action Check, int Arrays) Forward() => (
            new("SimdNet", Ours), Torch.Contestant(Torch.Name, Theirs),
            () =>
            {
                _y.Span.Fill(float.NaN);
                Ours();
                Compare("y", _y.Span, Torch.Answer(Theirs), _batch * _area);
                Compare("running mean", _runningMean.Span, Torch.Values(_torchMean), _batch * _area);
                Compare("running variance", _runningVariance.Span, Torch.Values(_torchVariance), _batch * _area);
            },
            2);

        public (Contestant SimdNet, Contestant LibTorch, Action Check, int Arrays) Backward()
        {
            torch.Tensor[] variables = [_torchX.requires_grad_(), _torchGamma.requires_grad_(), _torchBeta.requires_grad_()];
            torch.Tensor y = Theirs();
            Contestant ours = new("SimdNet", () => BatchNormalization.Backward(
                _x.Span, _mean.Span, _variance.Span, _gamma.Span, _dy.Span, _batch, _channels, _area, Epsilon,
                _dx.Span, _dGamma.Span, _dBeta.Span));
            Func<IEnumerable<torch.Tensor>> theirs = () => torch.autograd.grad([y], variables, [_torchDy], retain_graph: true);
            return (ours, Torch.Contestant(Torch.Name, theirs), Check, 3);

            void Check()
            {
                _dx.Span.Fill(float.NaN);
                Ours();
                ours.Run();
                float[][] gradients = [.. theirs().Select(Torch.Values)];
                Compare("dx", _dx.Span, gradients[0], _batch * _area);
                Compare("dGamma", _dGamma.Span, gradients[1], _batch * _area);
                Compare("dBeta", _dBeta.Span, gradients[2], _batch * _area);
            }
        }

        private void Ours()
        {
            BatchNormalization.Forward(
                _x.Span, _gamma.Span, _beta.Span, _batch, _channels, _area, Epsilon, _y.Span, _mean.Span, _variance.Span);
            BatchNormalization.UpdateStatistics(
                _mean.Span, _variance.Span, (long)_batch * _area, Momentum, _runningMean.Span, _runningVariance.Span);
        }

        private torch.Tensor Theirs() => torch.nn.functional.batch_norm(
            _torchX, _torchMean, _torchVariance, _torchGamma, _torchBeta, training: true, Momentum, Epsilon);
    }
}
