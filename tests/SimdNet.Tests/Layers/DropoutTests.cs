using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class DropoutTests
{
    private const int Features = 300, Samples = 2;

    [Theory]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Outputs_and_gradients_are_those_of_its_form_in_double(float probability) =>
        new SingleLayer(new Dropout(probability), Shape.Image(2, 3, 5), samples: 3).FollowsItsShadow(2, 4 * 10);

    [Fact]
    public void A_predictor_does_not_see_it()
    {
        Network network = new(Shape.Vector(3), seed: 1, new Dropout(), new Dense(2), new Dropout(0.9f));
        Network without = new(Shape.Vector(3), seed: 1, new Dense(2));
        Assert.Equal(without.CreatePredictor(1).Predict([1, 2, 3]), network.CreatePredictor(1).Predict([1, 2, 3]));
    }

    /// <summary>Masks of half the values agree in half of them: five deviations.</summary>
    [Fact]
    public void Every_step_every_place_and_every_seed_has_a_mask_of_its_own_and_always_the_same()
    {
        float[][] masks = [Outputs(1, 1), Outputs(1, 2), Outputs(2, 1), Outputs(1, 1, new ReLU())];
        Assert.Equal(masks[0], Outputs(1, 1));
        for (int i = 0; i < masks.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.Equal(0.5, masks[i].Zip(masks[j], (a, b) => a == b ? 1.0 : 0).Average(), 5 * 0.5 / Math.Sqrt(Features * Samples));
            }
        }

        static float[] Outputs(long seed, long step, params Layer[] before)
        {
            Network network = new(Shape.Vector(Features), [.. before, new Dropout()]);
            float[] ones = new float[Features * Samples];
            Array.Fill(ones, 1);
            return network.CreateWalk(Samples, training: true).Forward(new ForwardPass
            {
                Samples = Samples,
                Training = true,
                Parameters = network.ParameterSpan,
                Input = ones,
                RandomKey = new(seed, step),
            }).ToArray();
        }
    }

    [Fact]
    public void With_probability_0_it_is_no_step_of_a_walk_at_all() =>
        Assert.Empty(new Network(Shape.Vector(3), new Dropout(0)).CreateWalk(1, training: true).Stages);

    [Fact]
    public void A_layer_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("probability", () => new Dropout(1));
        Assert.Throws<ArgumentOutOfRangeException>("probability", () => new Dropout(-0.1f));
        Assert.Throws<ArgumentOutOfRangeException>("probability", () => new Dropout(float.NaN));
    }
}
