using SimdNet.Kernels;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public sealed class OptimizerTests
{
    [Fact]
    public void Numbers_out_of_range_are_refused_in_the_order_of_arguments()
    {
        Refuses("learningRate", () => new GradientDescent(0), () => new Momentum(-1, 1), () => new RMSProp(float.NaN, 1),
            () => new Adagrad(0, 0), () => new Adam(float.PositiveInfinity, 1), () => new AdamW(0, weightDecay: -1), () => new Lion(0, 1));
        Refuses("beta", () => new Momentum(1, 1), () => new Momentum(1, -0.1f));
        Refuses("form", () => new Momentum(1, 0, (MomentumForm)7));
        Refuses("alpha", () => new RMSProp(1, 1, 0));
        Refuses("beta1", () => new Adam(1, 1, 1), () => new Lion(1, 1, 1));
        Refuses("beta2", () => new Adam(1, 0, -0.5f, 0), () => new Lion(1, 0, 1));
        Refuses("epsilon", () => new Adam(epsilon: 0), () => new RMSProp(epsilon: -1), () => new Adagrad(epsilon: float.NaN));
        Refuses("weightDecay", () => new AdamW(weightDecay: -1), () => new Lion(weightDecay: float.NaN));
        Refuses("l2", () => new Regularization(-1, -1));
        Refuses("l1", () => new Regularization(0, -1));
        Refuses("limit", () => Clipping.ByValue(0));
        Refuses("maxNorm", () => Clipping.ByNorm(-1));
        Refuses("LearningRateScale", () => new ParameterGroup(_ => true) { LearningRateScale = -1 });
        Refuses("WeightDecay", () => new ParameterGroup(_ => true) { WeightDecay = -1 });
        Refuses("layer", () => new ParameterGroup(-1));
    }

    [Fact]
    public void The_table_s_form_of_momentum_is_the_default()
    {
        Momentum momentum = new();
        Assert.Equal((MomentumForm.Averaged, false), (momentum.Form, momentum.Nesterov));
    }

    [Fact]
    public void Norms_are_clipped_as_in_PyTorch()
    {
        Assert.Equal(1, Clipping.ByNorm(2).Factor(1.5));
        Assert.Equal(2 / (8 + 1e-6), Clipping.ByNorm(2).Factor(8));
        Assert.Equal(1, Clipping.ByValue(2).Factor(8));
    }

    private static void Refuses(string name, params Func<object>[] made) =>
        Assert.All(made, make => Assert.Throws<ArgumentOutOfRangeException>(name, make));
}
