using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

[Collection(nameof(Alone))]
public sealed class TrainerTests : IDisposable
{
    /// <summary>Exact to the bit. A new order of operations, or of draws, is a new promise: it changes them, and nothing else may.</summary>
    private static readonly float[] s_frozenLosses =
    [
        3.0034907f, 3.1428223f, 2.6393056f, 2.4766755f, 2.2104983f, 2.6338065f,
        2.3100114f, 1.7881109f, 1.9174006f, 2.3124151f, 2.0428615f, 1.2273892f,
    ];

    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    public static TheoryData<string, Layer[]> Networks => new()
    {
        { "a product alone", [new Flatten(), new Dense(4)] },
        { "an activation taken in", [new Flatten(), new Dense(9), new ReLU(), new Dense(4)] },
        { "activations alone", [new ReLU(), new Flatten(), new Dense(6), new Flatten(), new ReLU(), new Dense(4), new ReLU()] },
        { "an activation that is not taken in", [new Flatten(), new Dense(5), new Square(), new Dense(4)] },
        { "products in a row", [new Flatten(), new Dense(5), new Dense(7), new ReLU(), new Dense(4)] },
    };

    /// <summary>
    /// Each gradient is a sum over samples of products along paths. The bound: γ of the roundings along the longest path, times the product of
    /// the largest sums of magnitudes that a path may pick up. A central difference of step 2⁻¹⁶ errs by less than one rounding of float.
    /// </summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_gradient_is_the_central_difference_of_the_reference(string what, Layer[] layers)
    {
        const int Samples = 6, Features = 8;
        Network network = new(Shape.Image(2, 2, 2), seed: 3, layers);
        double[] inputs = Array.ConvertAll(Draws.Normal(Samples * Features, stream: 1), value => (double)value);
        int[] labels = Draws.Labels(Samples, network.Output.Length, stream: 2);
        NetworkReference reference = new(network);
        Assert.True(reference.Forward(inputs, Samples).Nearest > 1e-3, $"{what}: a ReLU is too near its kink for differences.");

        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), batchSize: Samples + 2);
        float loss = trainer.Step(Array.ConvertAll(inputs, value => (float)value), labels);

        double roundings = Tolerance.Gamma(network.Parameters.Sum(window => window.Shape[0]) + Features + Samples + 16);
        double magnitude = Math.Max(1, inputs.Max(Math.Abs));
        foreach (double[] parameter in reference.Parameters.Values)
        {
            magnitude *= Math.Max(1, Math.Sqrt(parameter.Sum(value => value * value))); // a Frobenius norm bounds what a layer amplifies
        }

        Assert.InRange(loss - reference.Loss(inputs, labels), -roundings * magnitude, roundings * magnitude);
        foreach (Window window in network.Parameters)
        {
            for (int i = 0; i < window.Length; i++)
            {
                double expected = reference.Gradient(window.Name, i, inputs, labels, step: 1.0 / (1 << 16));
                Assert.InRange(window.Of(trainer.Gradients)[i] - expected, -roundings * magnitude, roundings * magnitude);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_has_the_frozen_losses_with_any_number_of_threads_at_any_width(int threads)
    {
        WorkerTeam.Size = threads;
        const int Features = 96, Classes = 10, Batch = 64;
        Network network = new(Shape.Image(1, 8, 12), seed: 11, new Flatten(), new Dense(512), new ReLU(), new Dense(Classes));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), Batch, seed: 5);
        List<float> losses = [];
        for (uint step = 0; step < 12; step++)
        {
            int samples = step % 4 == 3 ? 21 : Batch;
            float[] inputs = Draws.Normal(samples * Features, stream: step % 4);
            losses.Add(trainer.Step(inputs, Draws.Labels(samples, Classes, stream: 50 + (step % 4))));
        }

        Assert.Equal(s_frozenLosses, losses);
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_step()
    {
        WorkerTeam.Size = 2;
        const int Features = 96, Batch = 64;
        Network network = new(Shape.Vector(Features), new Dense(512), new ReLU(), new Dense(10));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), Batch);
        float[] inputs = Draws.Normal(Batch * Features, stream: 1);
        int[] labels = Draws.Labels(Batch, 10, stream: 2);
        int left = 0;
        Allocations.None(() =>
        {
            trainer.Step(inputs.AsSpan(0, (Batch - left) * Features), labels.AsSpan(0, Batch - left));
            left = (left + 1) % 10;
        });
    }

    [Fact]
    public void What_is_refused_changes_nothing()
    {
        Network network = new(Shape.Vector(4), new Dense(3));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), batchSize: 2);
        float[] before = network.ParameterSpan.ToArray();
        void Refuses(string message, int length, params int[] labels) => Assert.StartsWith(
            message, Assert.ThrowsAny<ArgumentException>(() => trainer.Step(new float[length], labels)).Message, StringComparison.Ordinal);

        Refuses("'labels.Length' is 0, expected 1 to 2.", 0);
        Refuses("'labels.Length' is 3, expected 1 to 2.", 12, 0, 1, 2);
        Refuses("Dense(4 → 3): 'inputs' holds 3 values per sample (6 for 2), expected 4.", 6, 0, 1);
        Refuses("Dense(4 → 3): 'inputs' holds 4.5 values per sample (9 for 2), expected 4.", 9, 0, 1);
        Refuses("'labels[1]' is 3, expected 0 to 2 (3 classes).", 8, 0, 3);
        Refuses("'labels[0]' is -1, expected 0 to 2 (3 classes).", 8, -1, 3);
        Assert.Equal(before, network.ParameterSpan.ToArray());
        Assert.Equal(0, trainer.Steps);
        Assert.All(trainer.Gradients.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_scaled_learning_rate_is_another_learning_rate()
    {
        float[] inputs = Draws.Normal(6 * 8, stream: 1);
        int[] labels = Draws.Labels(6, 4, stream: 2);
        Network scaled = new(Shape.Vector(8), seed: 3, new Dense(4)), plain = new(Shape.Vector(8), seed: 3, new Dense(4));
        Trainer first = new(scaled, new SoftmaxCrossEntropy(), new Adam(0.25f), batchSize: 6) { Schedule = Schedule.Of(_ => 0.5f) };
        Trainer second = new(plain, new SoftmaxCrossEntropy(), new Adam(0.125f), batchSize: 6);
        for (int step = 0; step < 3; step++)
        {
            first.Step(inputs, labels);
            second.Step(inputs, labels);
        }

        Assert.Equal(plain.Parameter("0.weight").ToArray(), scaled.Parameter("0.weight").ToArray());
    }

    [Fact]
    public void A_trainer_that_cannot_be_is_refused()
    {
        Network network = new(Shape.Vector(4), new Dense(3));
        Assert.Throws<ArgumentOutOfRangeException>("batchSize", () => new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>("ParameterCount", () => new Trainer(
            new Network(Shape.Vector(4), new ReLU()), new SoftmaxCrossEntropy(), new Adam(), 1));
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => new Adam(learningRate: 0));
        Assert.Throws<ArgumentOutOfRangeException>("beta1", () => new Adam(beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>("beta2", () => new Adam(beta2: -0.5f));
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => new Adam(epsilon: float.NaN));
    }
}
