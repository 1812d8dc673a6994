using FsCheck.Xunit;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public class NetworkTests
{
    /// <summary>One input, one output, K hidden layers of D neurons: <c>3D + 1 + (K-1)D(D+1)</c>.</summary>
    [Property]
    public void The_number_of_parameters_is_that_of_the_formula(byte neurons, byte hiddenLayers)
    {
        int d = 1 + (neurons % 64), k = 1 + (hiddenLayers % 8);
        Layer[] layers = [.. Enumerable.Repeat<Layer[]>([new Dense(d), new ReLU()], k).SelectMany(pair => pair), new Dense(1)];
        Assert.Equal((3 * d) + 1 + ((k - 1) * d * (d + 1)), new Network(Shape.Vector(1), layers).ParameterCount);
    }

    [Fact]
    public void Every_parameter_lies_on_a_cache_line() => Assert.All(
        new Network(Shape.Vector(5), new Dense(3), new ReLU(), new Dense(1)).Parameters,
        window => Assert.Equal(0, window.Offset % AlignedBuffer.Alignment));

    [Fact]
    public void Parameters_are_found_by_name_and_set()
    {
        Network network = new(Shape.Vector(2), new Dense(3), new ReLU(), new Dense(1));
        Predictor predictor = network.CreatePredictor(1);
        predictor.Predict([1, 1]);
        long version = network.Version;

        network.SetParameter("0.weight", [1, 2, 3, 4, -5, -6]); // [out, in]
        network.SetParameter("2.weight", [1, 10, 100]);
        network.SetParameter("2.bias", [5]);

        Assert.Equal(5, network.Parameter("2.bias")[0]);
        Assert.True(network.Version > version);
        Assert.Equal(3 + 70 + 5, predictor.Predict([1, 1])[0]);
        string message = Assert.Throws<ArgumentException>(() => network.Parameter("1.weight").Length).Message;
        Assert.StartsWith("There is no parameter '1.weight', expected one of 0.weight, 0.bias, 2.weight, 2.b", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("values", () => network.SetParameter("2.bias", [1, 2]));
        Assert.Equal(5, network.Parameter("2.bias")[0]);
    }

    [Fact]
    public void The_seed_decides_how_parameters_begin()
    {
        static float[] Weights(long seed) => new Network(Shape.Vector(2), seed, new Dense(3)).Parameter("0.weight").ToArray();

        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));
        Assert.Equal(Weights(0), new Network(Shape.Vector(2), new Dense(3)).Parameter("0.weight").ToArray());
        Assert.All(new Network(Shape.Vector(2), new Dense(3)).Parameter("0.bias").ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_network_of_nothing_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Network(Shape.Vector(1)));
        Assert.Throws<ArgumentOutOfRangeException>("input", () => new Network(default, new Flatten()));
        Assert.Throws<ArgumentOutOfRangeException>("maxBatch", () => new Network(Shape.Vector(1), new Dense(1)).CreatePredictor(0));
    }
}
