using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class ResidualTests
{
    private const int Features = 6, Samples = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outputs_are_the_sum_of_both_branches(bool shortcut)
    {
        Dense body = new(Features), around = new(Features);
        Network residual = new(Shape.Vector(Features), seed: 4, new Residual(body) { Shortcut = shortcut ? [around] : [] }, new ReLU());
        Network alone = new(Shape.Vector(Features), body), aroundAlone = new(Shape.Vector(Features), around);
        Copy("0.body.0.", alone);
        float[] inputs = Draws.Normal(Samples * Features, stream: 1);
        float[] expected = alone.CreatePredictor(Samples).Predict(inputs).ToArray(), second = inputs;
        if (shortcut)
        {
            Copy("0.shortcut.0.", aroundAlone);
            second = aroundAlone.CreatePredictor(Samples).Predict(inputs).ToArray();
        }

        float[] actual = residual.CreatePredictor(Samples).Predict(inputs).ToArray();

        Assert.Equal(expected.Zip(second, (x, y) => Math.Max(0, x + y)), actual);

        void Copy(string prefix, Network to)
        {
            to.SetParameter("0.weight", residual.Parameter(prefix + "weight"));
            to.SetParameter("0.bias", residual.Parameter(prefix + "bias"));
        }
    }

    /// <summary>Normal draws: x̂ is below 4, γ too, 1/√(variance + ε) below 4 with so many values; the inner branch squares that.</summary>
    [Theory]
    [InlineData(false, 4 * 4 * 4 * 4)]
    [InlineData(true, 4 * 4 * 4 * 4 * 4 * 4)]
    public void A_branch_that_ends_in_a_normalisation_has_outputs_and_gradients_of_its_form_in_double(bool nested, double amplification)
    {
        Residual residual = nested
            ? new(new Residual(new BatchNorm(), new ReLU()), new Dropout(0.25f), new BatchNorm()) { Shortcut = [new BatchNorm()] }
            : new(new BatchNorm());
        new SingleLayer(residual, Shape.Image(2, 3, 5), samples: 3).FollowsItsShadow((3 * 30) + 64, amplification);
    }

    [Fact]
    public void Branches_of_different_shapes_are_refused()
    {
        string message = Assert.Throws<ArgumentException>(() => new Network(Shape.Vector(3), new Residual(new Dense(4)))).Message;

        Assert.StartsWith("Residual(3): The body puts out 4, but the shortcut 3: expected the same shape.", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Residual());
    }

    [Fact]
    public void A_file_gives_back_the_network()
    {
        Network network = new(
            Shape.Vector(3), new Residual(new Dense(4), new ReLU(), new Residual(new Dense(4))) { Shortcut = [new Dense(4)] }, new Dense(2));
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            network.Save(path);
            Network again = Network.Load(path);
            Assert.Equal(network.Parameters, again.Parameters);
            float[] inputs = Draws.Normal(6, stream: 2);
            Assert.Equal(network.CreatePredictor(2).Predict(inputs), again.CreatePredictor(2).Predict(inputs));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
