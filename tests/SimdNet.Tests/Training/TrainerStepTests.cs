using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

/// <summary>What a step does besides forward and backward: how parameters move, and when they do not.</summary>
[Collection(nameof(Alone))]
public sealed class TrainerStepTests : IDisposable
{
    private const int Features = 8, Classes = 4, Batch = 12;

    private readonly int _sizeBefore = WorkerTeam.Size;
    private readonly float[] _inputs = Draws.Normal(Batch * Features, stream: 1);
    private readonly int[] _labels = Draws.Labels(Batch, Classes, stream: 2);

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    private static readonly Dictionary<string, (Optimizer Optimizer, StepChecks.Kernel Kernel)> s_optimizers = new()
    {
        ["gradient descent"] = (new GradientDescent(0.1f), (p, g, _, _, _, _) => GradientDescentStep.Update(p, g, 0.1f)),
        ["momentum"] = (new Momentum(0.1f, 0.8f), (p, g, m, _, _, _) => MomentumStep.Update(p, g, m, 0.1f, 0.8f)),
        ["momentum, accumulated, Nesterov"] = (
            new Momentum(0.1f, 0.8f, MomentumForm.Accumulated, nesterov: true),
            (p, g, m, _, _, _) => MomentumStep.Update(p, g, m, 0.1f, 0.8f, MomentumForm.Accumulated, nesterov: true)),
        ["RMSProp"] = (new RMSProp(0.1f, 0.8f, 1e-3f), (p, g, v, _, _, _) => RMSPropStep.Update(p, g, v, 0.1f, 0.8f, 1e-3f)),
        ["Adagrad"] = (new Adagrad(0.1f, 1e-3f), (p, g, v, _, _, _) => AdagradStep.Update(p, g, v, 0.1f, 1e-3f)),
        ["Adam"] = (
            new Adam(0.1f, 0.8f, 0.9f, 1e-3f), (p, g, m, v, _, step) => AdamStep.Update(p, g, m, v, 0.1f, 0.8f, 0.9f, 1e-3f, step)),
        ["AMSGrad"] = (
            new Adam(0.1f, 0.8f, 0.9f, 1e-3f, amsGrad: true),
            (p, g, m, v, vMax, step) => AdamStep.Update(p, g, m, v, vMax, 0.1f, 0.8f, 0.9f, 1e-3f, step)),
        ["AdamW"] = (
            new AdamW(0.1f, 0.8f, 0.9f, 1e-3f, 0.2f),
            (p, g, m, v, _, step) => AdamStep.Update(p, g, m, v, 0.1f, 0.8f, 0.9f, 1e-3f, step, 0.2f)),
        ["Lion"] = (new Lion(0.1f, 0.8f, 0.9f, 0.2f), (p, g, m, _, _, _) => LionStep.Update(p, g, m, 0.1f, 0.8f, 0.9f, 0.2f)),
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void An_optimizer_is_its_kernel_over_the_flat_buffer(string name)
    {
        (Optimizer optimizer, StepChecks.Kernel kernel) = s_optimizers[name];
        Network network = Network();
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), optimizer, Batch)
        {
            Groups = optimizer.Decay is { } decay ? [new(_ => true) { WeightDecay = decay }] : [], // PyTorch's way: all decay
        };
        float[] p = network.ParameterSpan.ToArray();
        float[][] states = [new float[p.Length], new float[p.Length], new float[p.Length]];
        for (int step = 1; step <= 3; step++)
        {
            trainer.Step(_inputs, _labels);
            kernel(p, trainer.Gradients, states[0], states[1], states[2], step);
            Assert.Equal(p, network.ParameterSpan.ToArray());
        }
    }

    [Fact]
    public void Without_a_group_weights_alone_decay()
    {
        (Network decayed, Network plain) = (Network(), Network());
        new Trainer(decayed, new SoftmaxCrossEntropy(), new AdamW(0.1f, weightDecay: 0.2f), Batch).Step(_inputs, _labels);
        new Trainer(plain, new SoftmaxCrossEntropy(), new Adam(0.1f), Batch).Step(_inputs, _labels);
        foreach (Window window in plain.Parameters)
        {
            bool isSame = plain.Parameter(window.Name).SequenceEqual(decayed.Parameter(window.Name));
            Assert.Equal(window.Role == ParameterRole.Bias, isSame);
        }
    }

    [Fact]
    public void A_group_has_a_rate_of_its_own_and_the_first_that_contains_a_parameter_has_it()
    {
        Network network = Network();
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new GradientDescent(0.1f), Batch)
        {
            Groups =
            [
                new(layer: 0) { LearningRateScale = 0 },
                new(parameter => parameter.Role == ParameterRole.Weight) { LearningRateScale = 0.5f },
            ],
        };
        float[] before = network.ParameterSpan.ToArray();
        trainer.Step(_inputs, _labels);
        foreach (Window window in network.Parameters)
        {
            float[] expected = window.Of(before).ToArray();
            float rate = window.Name switch { "2.weight" => 0.1f * 0.5f, "2.bias" => 0.1f, _ => 0 };
            if (rate > 0)
            {
                GradientDescentStep.Update(expected, window.Of(trainer.Gradients), rate);
            }

            Assert.Equal(expected, network.Parameter(window.Name).ToArray());
        }
    }

    [Fact]
    public void A_decay_that_the_optimizer_does_not_have_is_refused() => Assert.Throws<ArgumentException>(
        "groups",
        () => new Trainer(Network(), new SoftmaxCrossEntropy(), new Adam(), Batch) { Groups = [new(_ => true) { WeightDecay = 0.1f }] });

    [Fact]
    public void The_schedule_is_asked_once_for_each_move()
    {
        List<long> asked = [];
        Network network = Network();
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new GradientDescent(0.1f), Batch)
        {
            Schedule = Schedule.Of(t =>
            {
                asked.Add(t);
                return 0.5f;
            }),
            AccumulationSteps = 2,
        };
        for (int step = 0; step < 6; step++)
        {
            trainer.Step(_inputs, _labels);
        }

        Assert.Equal([0, 1, 2], asked);
        Assert.Equal((6, 3), (trainer.Steps, trainer.Updates));
    }

    [Theory]
    [InlineData(0.01f)] // below the gradient's
    [InlineData(1e6f)]
    public void A_gradient_is_clipped_by_its_norm(float maxNorm)
    {
        Network network = Network();
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new GradientDescent(0.1f), Batch) { Clipping = Clipping.ByNorm(maxNorm) };
        float[] p = network.ParameterSpan.ToArray();
        trainer.Step(_inputs, _labels);
        double norm = Math.Sqrt(GradientNorm.SumOfSquares(trainer.Gradients, trainer.Gradients));
        Assert.InRange(norm, 0.1, 10);
        GradientDescentStep.Update(
            p, trainer.Gradients, 0.1f, new GradientTransform { Scale = (float)Math.Min(1, maxNorm / (norm + 1e-6)) });
        Assert.Equal(p, network.ParameterSpan.ToArray());
    }

    [Fact]
    public void A_gradient_is_clipped_by_value()
    {
        Network network = Network();
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new GradientDescent(0.1f), Batch) { Clipping = Clipping.ByValue(0.01f) };
        float[] p = network.ParameterSpan.ToArray();
        trainer.Step(_inputs, _labels);
        Assert.Contains(trainer.Gradients.ToArray(), value => Math.Abs(value) > 0.01f);
        GradientDescentStep.Update(p, Array.ConvertAll(trainer.Gradients.ToArray(), value => Math.Clamp(value, -0.01f, 0.01f)), 0.1f);
        Assert.Equal(p, network.ParameterSpan.ToArray());
    }

    /// <summary>One more sum of so many terms; the rest is the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Several_batches_move_parameters_as_one_of_all_samples(bool isMean)
    {
        float[] targets = Draws.Normal(Batch * Classes, stream: 3), weights = Array.ConvertAll(Draws.Normal(Batch, stream: 4), Math.Abs);
        (Network together, Network apart) = (Network(), Network());
        Trainer whole = new(together, new HalfSquares(isMean), new GradientDescent(0.1f), Batch);
        Trainer parts = new(apart, new HalfSquares(isMean), new GradientDescent(0.1f), Batch) { AccumulationSteps = 3 };
        float[] start = apart.ParameterSpan.ToArray();
        for (int round = 0; round < 2; round++)
        {
            whole.Step(_inputs, targets, weights);
            int first = 0;
            foreach (int samples in (int[])[3, 5, 4])
            {
                Assert.Equal(round == 0, start.AsSpan().SequenceEqual(apart.ParameterSpan));
                parts.Step(
                    _inputs.AsSpan(first * Features, samples * Features),
                    targets.AsSpan(first * Classes, samples * Classes),
                    weights.AsSpan(first, samples));
                first += samples;
            }

            double largest = whole.Gradients.ToArray().Max(Math.Abs) + together.ParameterSpan.ToArray().Max(Math.Abs);
            double bound = Tolerance.Gamma(Batch * Classes * Features) * largest * Batch;
            for (int i = 0; i < start.Length; i++)
            {
                Assert.InRange(apart.ParameterSpan[i] - together.ParameterSpan[i], -bound, bound);
            }
        }

        Assert.Equal((6, 2), (parts.Steps, parts.Updates));
    }

    /// <summary>Its gradient is 0, and it adds nothing to what the others are divided by.</summary>
    [Fact]
    public void A_batch_whose_classes_weigh_nothing_leaves_the_mean_to_the_others()
    {
        SoftmaxCrossEntropy loss = new(classWeights: [0, 1, 2, 3]);
        int[] weightless = new int[Batch];
        (Network alone, Network accompanied) = (Network(), Network());
        new Trainer(alone, loss, new GradientDescent(0.1f), Batch).Step(_inputs, _labels);
        Trainer trainer = new(accompanied, loss, new GradientDescent(0.1f), Batch) { AccumulationSteps = 2 };
        trainer.Step(_inputs, _labels);
        Assert.Equal(0, trainer.Step(_inputs, weightless));

        double bound = Tolerance.Gamma(4) * alone.ParameterSpan.ToArray().Max(Math.Abs);
        for (int i = 0; i < alone.ParameterSpan.Length; i++)
        {
            Assert.InRange(accompanied.ParameterSpan[i] - alone.ParameterSpan[i], -bound, bound);
        }
    }

    [Fact]
    public void A_penalty_is_in_the_loss_and_in_the_gradient_of_weights()
    {
        const float L2 = 0.3f, L1 = 0.2f, OwnL2 = 0.7f;
        (Network penalized, Network plain) = (Network(), Network());
        Trainer trainer = new(penalized, new SoftmaxCrossEntropy(), new GradientDescent(0.1f), Batch)
        {
            Groups = [new(parameter => parameter.Name == "2.bias") { Regularization = new(l2: OwnL2) }],
            Regularization = new(L2, L1),
        };
        plain.SetParameter("2.bias", [1, 2, 3, 4]);
        penalized.SetParameter("2.bias", [1, 2, 3, 4]);
        double penalty = OwnL2 / 2.0 * (1 + 4 + 9 + 16);
        foreach (Window window in plain.Parameters.Where(window => window.Role == ParameterRole.Weight))
        {
            penalty += Penalty.Of(plain.Parameter(window.Name), L2, L1 / 2);
        }

        float dataLoss = new Trainer(plain, new SoftmaxCrossEntropy(), new GradientDescent(0.1f), Batch).Step(_inputs, _labels);
        float[] before = penalized.ParameterSpan.ToArray();
        float loss = trainer.Step(_inputs, _labels);
        Assert.Equal(dataLoss + penalty, loss, Tolerance.Gamma(penalized.ParameterSpan.Length) * loss);
        foreach (Window window in penalized.Parameters)
        {
            float[] expected = window.Of(before).ToArray();
            GradientTransform transform = window.Name switch
            {
                "0.weight" or "2.weight" => new() { L2 = L2, L1 = L1 / 2 },
                "2.bias" => new() { L2 = OwnL2 },
                _ => new(),
            };
            GradientDescentStep.Update(expected, window.Of(trainer.Gradients), 0.1f, transform);
            Assert.Equal(expected, penalized.Parameter(window.Name).ToArray());
        }
    }

    [Fact]
    public void What_is_set_to_do_nothing_does_nothing_to_any_bit()
    {
        (Network set, Network plain) = (Network(), Network());
        Trainer first = new(plain, new SoftmaxCrossEntropy(), new Adam(0.1f), Batch);
        Trainer second = new(set, new SoftmaxCrossEntropy(), new AdamW(0.1f, weightDecay: 0), Batch)
        {
            Schedule = Schedule.Constant,
            Clipping = Clipping.ByNorm(1e30f),
            Regularization = Regularization.None,
            Groups = [new(parameter => parameter.Name == "0.weight")],
            AccumulationSteps = 1,
        };
        for (int step = 0; step < 3; step++)
        {
            Assert.Equal(first.Step(_inputs, _labels), second.Step(_inputs, _labels));
        }

        Assert.Equal(Widths.Bits(plain.ParameterSpan), Widths.Bits(set.ParameterSpan));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_everything_on_a_run_allocates_nothing_keeps_padding_and_has_the_same_bits_for_any_number_of_threads(int threads)
    {
        const int Wide = 96;
        float[] inputs = Draws.Normal(Batch * Wide, stream: 1);
        int[] alone = Run(1, check: false);
        Assert.Equal(alone, Run(threads, check: true));

        int[] Run(int size, bool check)
        {
            WorkerTeam.Size = size;
            Network network = new(Shape.Vector(Wide), seed: 3, new Dense(510), new ReLU(), new Meter(), new Dense(Classes));
            Trainer trainer = new(network, new SoftmaxCrossEntropy(), new AdamW(1e-3f, amsGrad: true), Batch)
            {
                Schedule = Schedule.WarmUp(5, Schedule.Cosine(100)),
                Clipping = Clipping.ByNorm(0.1f),
                Regularization = new(1e-3f, 1e-3f),
                Groups = [new(layer: 3)],
                AccumulationSteps = 3,
            };
            for (int step = 0; step < 6; step++)
            {
                trainer.Step(inputs, _labels);
            }

            int[] bits = Widths.Bits(network.ParameterSpan);
            if (check)
            {
                Allocations.None(() => trainer.Step(inputs, _labels));
                bool[] isUsed = new bool[bits.Length];
                foreach (Window window in network.Parameters.Concat(network.Statistics))
                {
                    isUsed.AsSpan(window.Offset, window.Length).Fill(true);
                }

                Assert.Contains(false, isUsed);
                Assert.All(network.ParameterSpan.ToArray().Zip(isUsed), pair => Assert.True(pair.Second || pair.First == 0));
            }

            return bits;
        }
    }

    [Fact]
    public void Targets_and_weights_of_the_wrong_length_are_refused()
    {
        Network network = Network();
        Trainer trainer = new(network, new HalfSquares(), new Adam(), Batch);
        float[] before = network.ParameterSpan.ToArray(), targets = new float[2 * Classes];
        void Refuses(string name, Action step) => Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(step).ParamName);

        Refuses("inputs", () => trainer.Step(_inputs.AsSpan(0, Features + 1), targets));
        Refuses("inputs", () => trainer.Step([], targets));
        Refuses("targets", () => trainer.Step(_inputs.AsSpan(0, 2 * Features), targets.AsSpan(1)));
        Refuses("sampleWeights", () => trainer.Step(_inputs.AsSpan(0, 2 * Features), targets, [1, 2, 3]));
        Refuses("labels", () => trainer.Step(_inputs.AsSpan(0, 2 * Features), [0, 1])); // the loss takes targets
        Trainer labelled = new(network, new SoftmaxCrossEntropy(), new Adam(), Batch);
        Refuses("sampleWeights", () => labelled.Step(_inputs.AsSpan(0, 2 * Features), [0, 1], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(
            "AccumulationSteps", () => new Trainer(network, new HalfSquares(), new Adam(), Batch) { AccumulationSteps = 0 });
        Assert.Equal(before, network.ParameterSpan.ToArray());
        Assert.Equal(0, trainer.Steps);
    }

    private static Network Network() => new(Shape.Vector(Features), seed: 3, new Dense(9), new ReLU(), new Dense(Classes));
}
