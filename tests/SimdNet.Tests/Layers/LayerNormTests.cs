using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class LayerNormTests
{
    /// <summary>Normal draws: their x̂ is below 4, γ below 4, and 1/√(variance + ε) below 4 with so many values.</summary>
    [Theory]
    [InlineData(3, 7)]
    [InlineData(1, 40)]
    [InlineData(2, 2, 3, 2)]
    public void Outputs_and_gradients_are_those_of_its_form_in_double(int samples, params int[] shape) =>
        new SingleLayer(new LayerNorm(), new Shape(shape), samples).FollowsItsShadow(samples + new Shape(shape).Length + 16, 4 * 4 * 4 * 4);

    [Fact]
    public void A_predictor_computes_what_a_trainer_does()
    {
        Network network = new(Shape.Image(2, 1, 2), new LayerNorm(epsilon: 1));
        network.SetParameter("0.weight", [1, 2, 3, 4]);
        network.SetParameter("0.bias", [0, 0, 0.5f, 0]);

        Assert.Equal([new Shape(2, 1, 2), new Shape(2, 1, 2)], network.Parameters.Select(window => window.Shape));
        Assert.Equal([ParameterRole.Scale, ParameterRole.Bias], network.Parameters.Select(window => window.Role));
        float root = 1 / MathF.Sqrt(6); // the variance of -3, -1, 1, 3 is 5
        Assert.Equal([-3 * root, -1 * root * 2, MathF.FusedMultiplyAdd(root, 3, 0.5f), 3 * root * 4], network.CreatePredictor(1).Predict([1, 3, 5, 7]));
    }

    [Fact]
    public void A_layer_that_cannot_be_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => new LayerNorm(epsilon: -1));
}
