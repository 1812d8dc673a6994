using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

[Collection(nameof(Alone))]
public sealed class BatchNormTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    /// <summary>Normal draws: their x̂ is below 4, γ below 4, and 1/√(variance + ε) below 4 with so many values.</summary>
    [Theory]
    [InlineData(7, 5)]
    [InlineData(2, 3, 2, 4)]
    [InlineData(1, 2, 4, 5)]
    [InlineData(4, 2, 3)]
    public void Outputs_and_gradients_are_those_of_its_form_in_double(int samples, params int[] shape) =>
        new SingleLayer(new BatchNorm(), new Shape(shape), samples).FollowsItsShadow((samples * new Shape(shape).Length) + 16, 4 * 4 * 4 * 4);

    [Fact]
    public void Gamma_and_beta_are_trained_and_the_running_statistics_are_not()
    {
        Network network = new(Shape.Image(3, 2, 2), new BatchNorm());

        Assert.Equal(["0.weight", "0.bias"], network.Parameters.Select(window => window.Name));
        Assert.Equal([ParameterRole.Scale, ParameterRole.Bias], network.Parameters.Select(window => window.Role));
        Assert.Equal(["0.running_mean", "0.running_var"], network.Statistics.Select(window => window.Name));
        Assert.Equal(6, network.ParameterCount);
        Assert.Equal([1, 1, 1], network.Parameter("0.weight"));
        Assert.Equal([0, 0, 0], network.Parameter("0.bias"));
        Assert.Equal([0, 0, 0], network.Parameter("0.running_mean"));
        Assert.Equal([1, 1, 1], network.Parameter("0.running_var"));
    }

    [Fact]
    public void A_step_moves_the_running_statistics_and_a_predictor_takes_them()
    {
        Network network = new(Shape.Vector(2), new BatchNorm(momentum: 0.25f, epsilon: 0.25f));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), batchSize: 3);
        trainer.Step([1, 6, 3, 2], [0, 1]);

        Assert.Equal([0.5f, 1], network.Parameter("0.running_mean")); // ¼·(2, 4)
        Assert.Equal([0.75f + 0.5f, 0.75f + 2], network.Parameter("0.running_var")); // ¾ + ¼·(2, 8), the unbiased variances

        network.SetParameter("0.weight", [2, 1]);
        network.SetParameter("0.bias", [-1, 0.5f]);
        network.SetParameter("0.running_var", [0.75f, 3.75f]);
        Assert.Equal([3, 0], network.CreatePredictor(2).Predict([2.5f, 0]));
    }

    [Fact]
    public void One_value_per_channel_is_refused_and_nothing_has_changed()
    {
        Network network = new(Shape.Vector(3), new Dense(3), new BatchNorm(), new Dense(2));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), batchSize: 4);
        float[] before = network.ParameterSpan.ToArray();

        string message = Assert.Throws<ArgumentException>(() => trainer.Step([1, 2, 3], [0])).Message;

        Assert.Equal("BatchNorm(3): 1 samples of 1 values per channel have no variance, expected 2 values or more per channel in training.", message);
        Assert.Equal(before, network.ParameterSpan.ToArray());
        Assert.Equal(0, trainer.Steps);
        Assert.Equal(2, network.CreatePredictor(1).Predict([1, 2, 3]).Length);

        Network images = new(Shape.Image(1, 1, 2), new BatchNorm(), new Flatten());
        new Trainer(images, new SoftmaxCrossEntropy(), new Adam(), batchSize: 1).Step([1, 2], [0]);
        Assert.Equal([0.15f], images.Parameter("0.running_mean"));
    }

    /// <summary>What comes before it begins as suits the activation after it: He, twice Glorot's variance where both fans are equal.</summary>
    [Fact]
    public void Weights_before_it_begin_as_suits_the_activation_after_it()
    {
        Network through = new(Shape.Vector(8), new Dense(8), new BatchNorm(), new Dropout(), new LayerNorm(), new ReLU());
        Network beside = new(Shape.Vector(8), new Dense(8), new ReLU());
        Assert.Equal(beside.Parameter("0.weight"), through.Parameter("0.weight"));
    }

    [Fact]
    public void A_file_gives_back_options_and_statistics()
    {
        Network network = new(Shape.Vector(2), new BatchNorm(0.3f, 1e-3f), new LayerNorm(1e-2f), new Dropout(0.2f));
        new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), batchSize: 3).Step([1, 6, 3, 2], [0, 1]);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            network.Save(path);
            Network again = Network.Load(path);
            BatchNorm layer = Assert.IsType<BatchNorm>(again.Layers[0]);
            Assert.Equal([0.3f, 1e-3f], [layer.Momentum, layer.Epsilon]);
            Assert.Equal(1e-2f, Assert.IsType<LayerNorm>(again.Layers[1]).Epsilon);
            Assert.Equal(0.2f, Assert.IsType<Dropout>(again.Layers[2]).Probability);
            Assert.Equal(network.ParameterSpan, again.ParameterSpan);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        WorkerTeam.Size = 1;
        Network network = new(Shape.Vector(9), new Dense(20), new BatchNorm(), new ReLU(), new Dropout(), new LayerNorm(), new Dense(3));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), batchSize: 6);
        float[] inputs = Draws.Normal(6 * 9, stream: 1);
        trainer.Step(inputs, [0, 1, 2, 0, 1, 2]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Step(inputs, [0, 1, 2, 0, 1, 2]);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_layer_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("momentum", () => new BatchNorm(momentum: -0.1f));
        Assert.Throws<ArgumentOutOfRangeException>("momentum", () => new BatchNorm(momentum: 1.1f));
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => new BatchNorm(epsilon: 0));
    }
}
