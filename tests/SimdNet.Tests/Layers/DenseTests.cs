using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class DenseTests
{
    [Fact]
    public void Outputs_are_the_inputs_times_the_transposed_weight_plus_the_bias()
    {
        Network network = new(Shape.Vector(3), new Dense(2));
        network.SetParameter("0.weight", [1, 2, 3, 10, 20, 30]); // [out, in]
        network.SetParameter("0.bias", [0.5f, -0.5f]);

        Assert.Equal([14.5f, 139.5f, 1.5f, 9.5f], network.CreatePredictor(2).Predict([1, 2, 3, 1, 0, 0]).ToArray());
    }

    [Fact]
    public void A_layer_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("units", () => new Dense(0));
        Refuses("Dense(1 × 28 × 28 → 10): 'input' has the shape 1 × 28 × 28, expected one dimension: put a Flatten before.", 10, Shape.Image(1, 28, 28));
        Refuses("Dense(784 → 2147483647): The product of 'dimensions' [2147483647, 784] is beyond 2147483647.", int.MaxValue, Shape.Vector(784));
        Refuses("'0.weight' is 2147483647, expected at most ", int.MaxValue, Shape.Vector(1));
    }

    private static void Refuses(string message, int units, Shape input) => Assert.StartsWith(
        message, Assert.ThrowsAny<ArgumentException>(() => new Network(input, new Dense(units))).Message, StringComparison.Ordinal);
}
