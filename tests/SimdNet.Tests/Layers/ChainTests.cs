using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Layers;

public class ChainTests
{
    [Fact]
    public void Names_and_shapes_are_those_of_a_sequential_of_PyTorch()
    {
        Chain chain = new(Shape.Image(1, 4, 5), [new Flatten(), new Dense(7), new ReLU(), new Dense(3)]);

        Assert.Equal(
            ["1.weight 7 × 20", "1.bias 7", "3.weight 3 × 7", "3.bias 3"],
            chain.Specs.Select(spec => $"{spec.Name} {spec.Shape}"));
        Assert.Equal(Shape.Vector(3), chain.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_view_is_no_step_and_a_product_takes_its_activation_in(bool training)
    {
        ReLU alone = new(), taken = new();
        Chain chain = new(Shape.Image(1, 4, 5), [alone, new Flatten(), new Dense(7), taken, new Dense(3)]);

        Stage[] stages = Stages(chain, training);

        Assert.Equal(["ReLU(1 × 4 × 5)", "Dense(20 → 7)", "Dense(7 → 3)"], stages.Select(stage => stage.ToString()));
        Assert.Same(alone, stages[0].Layer);
        Assert.Equal([null, taken, null], stages.Select(stage => stage.Activation));
    }

    [Fact]
    public void An_activation_whose_way_back_takes_its_input_stands_alone_in_training_only()
    {
        Chain chain = new(Shape.Vector(4), [new Dense(3), new Square(), new Dense(2)]);

        Assert.Equal(["Dense(4 → 3)", "Square(3)", "Dense(3 → 2)"], Stages(chain, training: true).Select(stage => stage.ToString()));
        Assert.Equal(["Dense(4 → 3)", "Dense(3 → 2)"], Stages(chain, training: false).Select(stage => stage.ToString()));
    }

    [Fact]
    public void Weights_begin_as_suits_the_activation_that_comes_next()
    {
        Chain chain = new(
            Shape.Vector(5),
            [new Dense(4), new ReLU(), new Dense(4), new Flatten(), new ReLU(), new Dense(4), new Dense(3, Initializer.HeUniform), new ReLU()]);

        Assert.Equal(
            [Initializer.HeNormal, Initializer.HeNormal, Initializer.GlorotUniform, Initializer.HeUniform],
            chain.Specs.Where(spec => spec.Role == ParameterRole.Weight).Select(spec => spec.Initializer));
        Assert.All(chain.Specs.Where(spec => spec.Role == ParameterRole.Bias), spec => Assert.Same(Initializer.Zero, spec.Initializer));
    }

    private static Stage[] Stages(Chain chain, bool training)
    {
        WindowLayout layout = new();
        return chain.Stages([.. chain.Specs.Select(spec => layout.Add(spec.Name, spec.Shape, spec.Role))], training);
    }
}
