using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class FoldedProductTests
{
    private const int Samples = 3;

    public static TheoryData<Shape, Layer[]> Products => new()
    {
        { Shape.Vector(7), [new Dense(5)] },
        { Shape.Vector(7), [new Dense(5), new ReLU()] },
        { Shape.Image(2, 5, 4), [new Conv2D(3, kernel: 3, padding: 1), new ReLU()] },
        { Shape.Image(2, 5, 4), [new Conv2D(4, kernel: 2, groups: 2, bias: false)] },
    };

    /// <summary>Both forms round the sums of k terms, the scale and the shift: twice γ(k + 8) of the sum of magnitudes lies between them.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public void A_product_and_its_normalisation_are_one_pass_in_prediction(Shape input, Layer[] layers)
    {
        Network network = new(input, seed: 1, [layers[0], new BatchNorm(), .. layers[1..]]);
        uint stream = 1;
        foreach (Window window in network.Parameters.Concat(network.Statistics))
        {
            float[] values = Draws.Normal(window.Length, stream++);
            network.SetParameter(window.Name, window.Name == "1.running_var" ? Array.ConvertAll(values, value => (value * value) + 0.5f) : values);
        }

        Network product = new(input, layers[0]), normalisation = new(product.Output, [new BatchNorm(), .. layers[1..]]);
        Copy(network, product, layer: 0);
        Copy(network, normalisation, layer: 1);
        float[] inputs = Draws.Normal(Samples * input.Length, stream: 99);
        float[] before = product.CreatePredictor(Samples).Predict(inputs).ToArray();
        float[] expected = normalisation.CreatePredictor(Samples).Predict(before).ToArray();

        float[] actual = network.CreatePredictor(Samples).Predict(inputs).ToArray();

        Assert.Single(network.StagesOf(training: false));
        Assert.Equal(2, network.StagesOf(training: true).Count(stage => stage.Parameters.Count > 0));
        int k = network.Parameters[0].Shape.Length / network.Parameters[0].Shape[0];
        double scale = Largest("1.weight") / Math.Sqrt(0.5);
        double magnitude = (scale * ((k * Largest("0.weight") * inputs.Max(Math.Abs)) + Largest("1.running_mean") + 3)) + Largest("1.bias");
        double bound = 2 * Tolerance.Gamma(k + 8) * magnitude;
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -bound, bound));

        double Largest(string name) => network.Parameter(name).ToArray().Max(Math.Abs);
    }

    [Fact]
    public void The_fold_follows_the_parameters()
    {
        Network network = new(Shape.Vector(4), new Dense(3), new BatchNorm());
        Predictor predictor = network.CreatePredictor(1);
        float[] before = predictor.Predict([1, 2, 3, 4]).ToArray();

        network.SetParameter("1.bias", [1, 2, 3]);

        float[] after = predictor.Predict([1, 2, 3, 4]).ToArray();
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(i + 1.0, after[i] - before[i], 1e-5));
    }

    private static void Copy(Network from, Network to, int layer)
    {
        foreach (Window window in to.Parameters.Concat(to.Statistics))
        {
            to.SetParameter(window.Name, from.Parameter($"{layer}{window.Name[1..]}"));
        }
    }
}
