using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

/// <summary>The network of the design, on images small enough to wait for.</summary>
[Collection(nameof(Alone))]
public sealed class ConvolutionalNetworkTests : IDisposable
{
    private const int Batch = 16, Classes = 4;

    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Fact]
    public void It_learns_and_a_predictor_has_the_bits_of_training()
    {
        Network network = Make();
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(3e-3f), Batch, seed: 3);
        (float[] inputs, int[] labels) = Stripes();
        float first = trainer.Step(inputs, labels), last = first;
        for (int step = 0; step < 60; step++)
        {
            last = trainer.Step(inputs, labels);
        }

        Assert.True(last < first / 10, $"The loss went from {first} to {last}.");
        Assert.Equal(Batch, network.CreatePredictor(5).CountCorrect(inputs, labels));
        float[] all = network.CreatePredictor(Batch).Predict(inputs).ToArray();
        Predictor single = network.CreatePredictor(1);
        int features = network.Input.Length;
        for (int i = 0; i < Batch; i++)
        {
            Assert.Equal(all[(i * Classes)..((i + 1) * Classes)], single.Predict(inputs.AsSpan(i * features, features)).ToArray());
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void No_number_of_threads_changes_a_bit(int threads)
    {
        WorkerTeam.Size = 1;
        float[] expected = Train();
        WorkerTeam.Size = threads;
        Assert.Equal(expected, Train());

        static float[] Train()
        {
            Network network = Make();
            Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), Batch, seed: 3);
            (float[] inputs, int[] labels) = Stripes();
            return [trainer.Step(inputs, labels), trainer.Step(inputs, labels), trainer.Step(inputs, labels), .. network.ParameterSpan];
        }
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_step()
    {
        WorkerTeam.Size = 2;
        Trainer trainer = new(Make(), new SoftmaxCrossEntropy(), new Adam(), Batch);
        (float[] inputs, int[] labels) = Stripes();
        for (int i = 0; i < 20; i++)
        {
            trainer.Step(inputs, labels); // every thread has made its scratch
        }

        // The test runner's own threads may allocate meanwhile; a step that allocates would do so in every attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            trainer.Step(inputs, labels);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void It_is_saved_and_loaded()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("cnn.safetensors");
        Network network = Make();
        network.Save(file);
        (float[] inputs, _) = Stripes();
        Assert.Equal(network.CreatePredictor(Batch).Predict(inputs).ToArray(), Network.Load(file).CreatePredictor(Batch).Predict(inputs).ToArray());
    }

    private static Network Make() => new(
        Shape.Image(channels: 1, height: 12, width: 12), seed: 1,
        new Conv2D(8, kernel: 3), new ReLU(), new Conv2D(12, kernel: 3), new ReLU(), new MaxPool2D(2), new Flatten(),
        new Dense(24), new ReLU(), new Dense(Classes));

    /// <summary>Stripes of four directions, and noise.</summary>
    private static (float[] Inputs, int[] Labels) Stripes()
    {
        float[] inputs = Draws.Normal(Batch * 144, stream: 9, deviation: 0.1f);
        int[] labels = [.. Enumerable.Range(0, Batch).Select(i => i % Classes)];
        for (int i = 0; i < inputs.Length; i++)
        {
            (int sample, int pixel) = Math.DivRem(i, 144);
            (int y, int x) = Math.DivRem(pixel, 12);
            int place = labels[sample] switch { 0 => x, 1 => y, 2 => x + y, _ => x - y + 12 };
            inputs[i] += (place / 2 % 2) + (sample / 8 * 0.1f);
        }

        return (inputs, labels);
    }
}
