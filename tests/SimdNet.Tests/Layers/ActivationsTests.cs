using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public sealed class ActivationsTests : IDisposable
{
    private static readonly Dictionary<string, Activation> s_layers = new Activation[]
    {
        new ReLU(), new LeakyReLU(0.25f), new ELU(1.5f), new SELU(), new GELU(), new GELUTanh(), new SiLU(), new Softplus(), new Sigmoid(),
        new HardSigmoid(), new Tanh(),
    }.ToDictionary(layer => layer.Kind);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => [.. s_layers.Keys];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_operator_has_its_layer() => Assert.Equal(ActivationCase.All.Keys.Order(), s_layers.Keys.Order());

    /// <summary>Alone, and as the end of a product of weights 1.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_network_applies_it(string kind)
    {
        float[] x = Draws.Normal(5, stream: 1), expected = ActivationCase.All[kind].Forward(x);
        Network alone = new(Shape.Vector(5), s_layers[kind]), product = new(Shape.Vector(1), new Dense(1), s_layers[kind]);
        product.SetParameter("0.weight", [1]);

        Assert.Equal(Widths.Bits(expected), Widths.Bits(alone.CreatePredictor(1).Predict(x)));
        Assert.Equal(Widths.Bits(expected), Widths.Bits(product.CreatePredictor(5).Predict(x)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_brings_it_back_with_its_options(string kind)
    {
        Network network = new(Shape.Vector(2), new Dense(3), s_layers[kind]);
        string path = _folder.File("model.safetensors"), again = _folder.File("again.safetensors");
        network.Save(path);

        Network loaded = Network.Load(path);

        loaded.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        Assert.Equal(network.CreatePredictor(1).Predict([1, -2]).ToArray(), loaded.CreatePredictor(1).Predict([1, -2]).ToArray());
    }

    [Fact]
    public void Weights_begin_as_their_activation_likes_it()
    {
        AssertKinds(Initializer.HeNormal, "ReLU", "LeakyReLU", "ELU", "GELU", "GELUTanh", "SiLU", "Softplus");
        AssertKinds(Initializer.LeCunNormal, "SELU");
        AssertKinds(Initializer.GlorotUniform, "Sigmoid", "HardSigmoid", "Tanh");

        static void AssertKinds(Initializer initializer, params string[] kinds) =>
            Assert.Equal(kinds, s_layers.Values.Where(layer => layer.Initializer == initializer).Select(layer => layer.Kind));
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("negativeSlope", () => new LeakyReLU(-1));
        Assert.Throws<ArgumentOutOfRangeException>("alpha", () => new ELU(0));
    }
}
