using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>Whole training steps, with Adam, beside libtorch. A case is named <c>mlp 784-512-512-10 batch 64</c>.</summary>
internal sealed class TrainSuite : NetSuite
{
    // Slow, for every step sees the same batch: learnt by heart, it would leave denormal gradients, and those would be timed.
    private const float TimedRate = 1e-6f, CheckedRate = 1e-3f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    public override string Name => "train";

    public override IReadOnlyList<string> DefaultCases => Catalog.CommonCases;

    protected override Case Create(NetCase asked)
    {
        double flops = asked.Net.StepFlops * asked.Batch;
        Step step = new(asked, asked.Net, TimedRate);
        return new(
            asked.Name, flops, new("SimdNet", () => step.Ours()), [new(Torch.Name, () => step.Theirs())],
            () => new Step(asked, asked.Net.Certain, CheckedRate).Check(), () => Limits.Fma(flops, asked.Threads));
    }

    /// <summary>A network and its training, by both.</summary>
    private sealed class Step
    {
        private const int CheckedSteps = 4;

        /// <summary>What two right losses may differ by, relative to their size.</summary>
        private const double Tolerance = 1e-4;

        private readonly int[] _labels;
        private readonly AlignedBuffer _samples;
        private readonly Trainer _trainer;
        private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _module;
        private readonly torch.optim.Optimizer _optimizer;
        private readonly torch.Tensor _x, _y;

        public Step(NetCase asked, Net net, float rate)
        {
            Network network = net.ToNetwork();
            _labels = RandomData.Labels(asked.Batch, net.Outputs, seed: 2);
            _samples = asked.Samples();
            _trainer = new(network, new SoftmaxCrossEntropy(), new Adam(rate, Beta1, Beta2, Epsilon), asked.Batch, seed: 1);
            _module = net.ToModule(network);
            _module.train();
            _optimizer = torch.optim.Adam(_module.parameters(), rate, Beta1, Beta2, Epsilon);
            (_x, _y) = (Torch.Tensor(_samples, asked.SamplesShape), Torch.Labels(_labels));
        }

        public float Ours() => _trainer.Step(_samples.Span, _labels);

        /// <summary>Makes the loss, which the caller may ask for before the scope ends.</summary>
        public void Theirs(Action<torch.Tensor>? read = null)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            _optimizer.zero_grad();
            torch.Tensor loss = torch.nn.functional.cross_entropy(_module.forward(_x), _y);
            loss.backward();
            _optimizer.step();
            read?.Invoke(loss);
        }

        /// <summary>The losses of some steps.</summary>
        public void Check()
        {
            for (int i = 0; i < CheckedSteps; i++)
            {
                float ours = Ours();
                Theirs(loss => Agreement.Check("loss", Torch.Name, [ours], Torch.Values(loss), _ => Tolerance * Math.Abs(ours)));
            }
        }
    }
}
