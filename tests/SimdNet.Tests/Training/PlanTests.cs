using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public class PlanTests
{
    [Fact]
    public void Names_and_shapes_are_those_of_a_sequential_of_PyTorch()
    {
        Plan plan = new(Shape.Image(1, 4, 5), [new Flatten(), new Dense(7), new ReLU(), new Dense(3)]);

        Assert.Equal(
            ["1.weight 7 × 20", "1.bias 7", "3.weight 3 × 7", "3.bias 3"],
            plan.Parameters.Select(window => $"{window.Name} {window.Shape}"));
        Assert.All(plan.Parameters, window => Assert.Equal(0, window.Offset % AlignedBuffer.Alignment));
        Assert.Equal(Shape.Vector(3), plan.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_view_is_no_step_and_a_product_takes_its_activation_in(bool training)
    {
        ReLU alone = new(), taken = new();
        Plan plan = new(Shape.Image(1, 4, 5), [alone, new Flatten(), new Dense(7), taken, new Dense(3)]);

        Stage[] stages = plan.Stages(training);

        Assert.Equal(["ReLU(1 × 4 × 5)", "Dense(20 → 7)", "Dense(7 → 3)"], stages.Select(stage => stage.ToString()));
        Assert.Same(alone, stages[0].Layer);
        Assert.Equal([null, taken, null], stages.Select(stage => stage.Activation));
    }

    [Fact]
    public void An_activation_whose_way_back_takes_its_input_stands_alone_in_training_only()
    {
        Plan plan = new(Shape.Vector(4), [new Dense(3), new Square(), new Dense(2)]);

        Assert.Equal(["Dense(4 → 3)", "Square(3)", "Dense(3 → 2)"], plan.Stages(training: true).Select(stage => stage.ToString()));
        Assert.Equal(["Dense(4 → 3)", "Dense(3 → 2)"], plan.Stages(training: false).Select(stage => stage.ToString()));
    }

    [Fact]
    public void Weights_begin_as_suits_the_activation_that_comes_next()
    {
        Plan plan = new(
            Shape.Vector(5),
            [new Dense(4), new ReLU(), new Dense(4), new Flatten(), new ReLU(), new Dense(4), new Dense(3, Initializer.HeUniform), new ReLU()]);

        Assert.Equal(
            [Initializer.HeNormal, Initializer.HeNormal, Initializer.GlorotUniform, Initializer.HeUniform],
            Enumerable.Range(0, plan.Parameters.Count).Where(i => i % 2 == 0).Select(plan.InitializerOf));
        Assert.All(Enumerable.Range(0, plan.Parameters.Count).Where(i => i % 2 == 1), i => Assert.Same(Initializer.Zero, plan.InitializerOf(i)));
    }
}
