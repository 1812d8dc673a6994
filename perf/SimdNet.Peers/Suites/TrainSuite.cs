using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Suites;

/// <summary>Whole training steps, with Adam, beside libtorch. A case is named <c>mlp 784-512-512-10 batch 64</c>.</summary>
internal sealed class TrainSuite : NetSuite
{
    // Slow, for every step sees the same batch: learnt by heart, it would leave denormal gradients, and those would be timed.
    private const float Rate = 1e-6f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
    private const float CheckedRate = 64; // so that parameters move far enough to show their gradient in most digits

    /// <summary>
    /// What two right gradients may differ by, relative to their size. It is some 4e-6; but where an input of a ReLU is 0 but for roundings,
    /// one gradient has its share and the other has not. Of the small ResNet's draws of 2, 8 and 32 samples, one in two has such an input, and
    /// is some 5e-3 apart, 3e-2 at the most; so a second draw may speak for gradients that a first one does not, and a wrong one fails in all.
    /// </summary>
    private const double Tolerance = 1e-2;

    private const int Draws = 5;

    public override string Name => "train";

    public override IReadOnlyList<string> DefaultCases => Catalog.CommonCases;

    protected override Case Create(NetCase asked)
    {
        double flops = asked.Net.StepFlops * asked.Batch;
        Step step = new(asked, asked.Net, new Adam(Rate, Beta1, Beta2, Epsilon), module =>
            torch.optim.Adam(module.parameters(), Rate, Beta1, Beta2, Epsilon));
        return new(
            asked.Name, flops, new("SimdNet", () => step.Ours()), [new(Torch.Name, () => step.Theirs())],
            () => Check(asked), () => Limits.Fma(flops, asked.Threads));
    }

    /// <summary>
    /// The loss, and the gradient of every parameter, by one long step of gradient descent. Not by Adam, which takes a gradient by its sign at
    /// first, also one that is nothing but roundings, and is checked by a suite of its own.
    /// </summary>
    private static void Check(NetCase asked, int seed = 1)
    {
        try
        {
            CheckDraw(asked, seed);
        }
        catch (PeersException) when (seed < Draws)
        {
            Check(asked, seed + 1);
        }
    }

    private static void CheckDraw(NetCase asked, int seed)
    {
        Step step = new(asked, asked.Net.Certain, new GradientDescent(CheckedRate), module =>
            torch.optim.SGD(module.parameters(), CheckedRate), seed);
        float[][] before = step.Parameters();
        float ours = step.Ours();
        step.Theirs(loss => Agreement.CheckNorm("loss", Torch.Name, [ours], Torch.Values(loss), Tolerance));
        foreach ((float[] start, float[] mine, float[] theirs) in before.Zip(step.Parameters(), step.TheirParameters()))
        {
            Agreement.CheckNorm($"gradient[{start.Length}]", Torch.Name, Moved(start, mine), Moved(start, theirs), Tolerance);
        }
    }

    private static float[] Moved(float[] start, float[] end) => [.. start.Zip(end, (from, to) => to - from)];

    /// <summary>A network and its training, by both.</summary>
    private sealed class Step
    {
        private readonly int[] _labels;
        private readonly AlignedBuffer _samples;
        private readonly Network _network;
        private readonly Trainer _trainer;
        private readonly Module _module;
        private readonly torch.optim.Optimizer _optimizer;
        private readonly torch.Tensor _x, _y;

        public Step(NetCase asked, Net net, Optimizer ours, Func<Module, torch.optim.Optimizer> theirs, int seed = 1)
        {
            _network = net.ToNetwork();
            _labels = RandomData.Labels(asked.Batch, net.Outputs, seed: 2);
            _samples = asked.Samples(seed);
            _trainer = new(_network, new SoftmaxCrossEntropy(), ours, asked.Batch, seed: 1);
            _module = net.ToModule(_network);
            _module.train();
            _optimizer = theirs(_module);
            (_x, _y) = (Torch.Tensor(_samples, asked.SamplesShape), Torch.Labels(_labels));
        }

        public float[][] Parameters() => [.. _network.Parameters.Select(window => _network.Parameter(window.Name).ToArray())];

        public float[][] TheirParameters() => [.. _module.parameters().Select(Torch.Values)];

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
    }
}
