using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

[Collection(nameof(Alone))]
public sealed class DenseRunTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    public static TheoryData<int, Layer[]> Runs => new()
    {
        { 16, [new Dense(64), new ReLU(), new Dense(64), new ReLU(), new Dense(4)] },
        { 5, [new Dense(33), new Tanh(), new Dense(1)] },
        { 3, [new Dense(20), new BatchNorm(), new GELU(), new Dense(2), new Sigmoid()] },
        { 40, [new Dense(300), new ReLU(), new Dense(5), new ReLU(), new Dense(300), new Dense(17)] },
        { 8, [new LayerNorm(), new Dense(1100), new ReLU(), new Dense(3), new Softmax(), new Dense(9), new Dense(2)] },
    };

    /// <summary>Whole slices, whole panels, a vector, a part of one, and what a batch leaves over of each; for one thread and several.</summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Samples_side_by_side_have_the_bits_of_a_sample_alone(int features, Layer[] layers)
    {
        Network network = new(Shape.Vector(features), seed: 3, layers);
        const int MaxBatch = 1300;
        float[] inputs = Draws.Normal(MaxBatch * features, stream: 1);
        int outputs = network.Output.Length;
        Predictor single = network.CreatePredictor(1);
        int[] expected = [.. Enumerable.Range(0, MaxBatch).SelectMany(i => Widths.Bits(single.Predict(inputs.AsSpan(i * features, features))))];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            foreach (int batch in (int[])[2, 16, 17, 63, 64, 65, 128, 300, 513, MaxBatch])
            {
                Predictor predictor = network.CreatePredictor(batch);
                for (int pass = 0; pass < 2; pass++)
                {
                    int[] actual = Widths.Bits(predictor.Predict(inputs.AsSpan(0, batch * features)));
                    Assert.True(expected.AsSpan(0, batch * outputs).SequenceEqual(actual), $"{threads} threads, batch {batch}");
                }
            }
        }
    }

    [Fact]
    public void Narrow_layers_in_a_row_are_one_stage_of_a_predictor()
    {
        Assert.Equal(["Dense(4 → 64) … Dense(64 → 1)"], Stages(4, new Dense(64), new ReLU(), new Dense(1)));
        Assert.Equal(["Dense(4 → 64)", "Softmax(64)", "Dense(64 → 1)"], Stages(4, new Dense(64), new Softmax(), new Dense(1)));
        Assert.Equal(["Dense(784 → 512)", "Dense(512 → 10)"], Stages(784, new Dense(512), new ReLU(), new Dense(10)));
        Assert.Equal(["Dense(64 → 64)", "Dense(64 → 64)"], Stages(64, new Dense(64), new Dense(64)));
    }

    [Fact]
    public void It_follows_the_parameters()
    {
        Network network = new(Shape.Vector(4), new Dense(20), new BatchNorm(), new Dense(1));
        Predictor predictor = network.CreatePredictor(64);
        float[] inputs = Draws.Normal(64 * 4, stream: 2), before = predictor.Predict(inputs).ToArray();

        network.SetParameter("2.bias", [8]);

        float[] after = predictor.Predict(inputs).ToArray();
        Assert.All(before.Zip(after), pair => Assert.Equal(8, pair.Second - pair.First, 1e-5));
    }

    [Fact]
    public void A_prediction_allocates_nothing()
    {
        WorkerTeam.Size = 1;
        Predictor predictor = new Network(Shape.Vector(16), new Dense(64), new ReLU(), new Dense(4)).CreatePredictor(256);
        float[] inputs = Draws.Normal(256 * 16, stream: 3);
        predictor.Predict(inputs);
        predictor.Predict(inputs.AsSpan(0, 16));

        long before = GC.GetAllocatedBytesForCurrentThread();
        predictor.Predict(inputs);
        predictor.Predict(inputs.AsSpan(0, 16));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static IEnumerable<string> Stages(int features, params Layer[] layers) =>
        new Network(Shape.Vector(features), layers).CreateWalk(64, training: false).Stages.Select(stage => stage.ToString());
}
