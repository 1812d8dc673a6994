using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public sealed class DivergenceExceptionTests
{
    private const int Features = 8, Classes = 4, Batch = 6;

    private readonly float[] _inputs = Draws.Normal(Batch * Features, stream: 1);
    private readonly int[] _labels = Draws.Labels(Batch, Classes, stream: 2);

    /// <summary>Training goes on as if the bad step had not been asked for: whatever it had touched would show in later bits.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_that_diverges_has_not_happened(int accumulationSteps)
    {
        (Network disturbed, Network calm) = (Network(), Network());
        Trainer first = Trainer(calm), second = Trainer(disturbed);
        float[] bad = [.. _inputs];
        bad[11] = float.NaN;
        for (int step = 0; step < 7; step++)
        {
            float[] before = disturbed.ParameterSpan.ToArray();
            long version = disturbed.Version;
            DivergenceException divergence = Assert.Throws<DivergenceException>(() => second.Step(bad, _labels));
            Assert.Equal((step + 1, "Dense(8 → 9)"), (divergence.Step, divergence.Layer));
            Assert.Equal(
                $"The loss is NaN at step {step + 1}: its inputs are not all finite; the first layer whose output is not finite is "
                + "layer 0, Dense(8 → 9). The parameters of the step before are still there.",
                divergence.Message);
            Assert.Equal(before, disturbed.ParameterSpan.ToArray());
            Assert.Equal((step, version), (second.Steps, disturbed.Version));

            Assert.Equal(first.Step(_inputs, _labels), second.Step(_inputs, _labels));
            Assert.Equal(Widths.Bits(calm.ParameterSpan), Widths.Bits(disturbed.ParameterSpan));
        }

        Trainer Trainer(Network network) => new(network, new SoftmaxCrossEntropy(), new AdamW(0.1f, amsGrad: true), Batch)
        {
            Regularization = new(0.1f, 0.1f),
            AccumulationSteps = accumulationSteps,
        };
    }

    [Fact]
    public void The_first_layer_whose_output_is_not_finite_is_named()
    {
        Network network = Network();
        network.SetParameter("3.weight", [.. Enumerable.Repeat(3e38f, 9 * Classes)]);
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), Batch);
        DivergenceException divergence = Assert.Throws<DivergenceException>(() => trainer.Step(_inputs, _labels));
        Assert.Equal((1, "Dense(9 → 4)"), (divergence.Step, divergence.Layer));
        Assert.Contains(
            "at step 1: the first layer whose output is not finite is layer 3, Dense(9 → 4).", divergence.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_may_be_too_large_although_all_outputs_are_finite()
    {
        Trainer trainer = new(Network(), new HalfSquares(), new Adam(), Batch);
        float[] targets = new float[Batch * Classes];
        targets[3] = 1e30f;
        DivergenceException divergence = Assert.Throws<DivergenceException>(() => trainer.Step(_inputs, targets));
        Assert.Null(divergence.Layer);
        Assert.Contains("The loss is Infinity at step 1: all outputs of layers are finite", divergence.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_that_are_not_finite_are_named()
    {
        Trainer trainer = new(Network(), new HalfSquares(), new Adam(), Batch);
        float[] targets = new float[Batch * Classes];
        targets[3] = float.NaN;
        DivergenceException divergence = Assert.Throws<DivergenceException>(() => trainer.Step(_inputs, targets));
        Assert.Contains("at step 1: its targets are not all finite; all outputs", divergence.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_that_overflows_is_a_loss_that_does()
    {
        Network network = Network();
        network.SetParameter("0.weight", [.. Enumerable.Repeat(1e25f, 9 * Features)]);
        network.SetParameter("3.weight", new float[9 * Classes]);
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), Batch) { Regularization = new(l2: 1) };
        Assert.Throws<DivergenceException>(() => trainer.Step(_inputs, _labels));
    }

    /// <summary>A loss below the largest float, of a gradient whose square is beyond it. What was accumulated before it is forgotten.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_gradient_whose_norm_is_not_finite_cannot_be_clipped_by_it(int accumulationSteps)
    {
        (Network disturbed, Network calm) = (Network(), Network());
        Trainer first = Trainer(calm), second = Trainer(disturbed);
        float[] targets = new float[Batch * Classes], bad = [.. targets], inputs = Array.ConvertAll(_inputs, value => 1e3f * value);
        bad[3] = 1e19f;
        for (int step = 1; step < accumulationSteps; step++)
        {
            second.Step(inputs, targets);
        }

        DivergenceException divergence = Assert.Throws<DivergenceException>(() => second.Step(inputs, bad));
        Assert.Contains($"The norm of the gradient is Infinity at step {accumulationSteps}.", divergence.Message, StringComparison.Ordinal);
        Assert.Equal((accumulationSteps - 1, 0), (second.Steps, second.Updates));
        for (int step = 0; step < accumulationSteps; step++)
        {
            Assert.Equal(calm.Parameter("0.weight").ToArray(), disturbed.Parameter("0.weight").ToArray());
            Assert.Equal(first.Step(inputs, targets), second.Step(inputs, targets));
        }

        Assert.Equal(1, second.Updates);
        Assert.Equal(calm.Parameter("0.weight").ToArray(), disturbed.Parameter("0.weight").ToArray());

        Trainer Trainer(Network network) => new(network, new HalfSquares(isMean: false), new Adam(), Batch)
        {
            Clipping = Clipping.ByNorm(1),
            AccumulationSteps = accumulationSteps,
        };
    }

    private static Network Network() => new(Shape.Vector(Features), seed: 3, new Dense(9), new ReLU(), new Meter(), new Dense(Classes));
}
