using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// Batch normalisation of each feature of a vector [features], or of each channel of feature maps [channels, height, width]:
/// <c>y = γ·(x - mean)/√(variance + ε) + β</c>.
/// </summary>
/// <remarks>
/// In training mean and variance are those of the batch, which needs 2 values or more per channel, and at the end of a step the running ones
/// follow them; in prediction they are the running ones. γ is <c>weight</c> and begins at 1, β is <c>bias</c> and begins at 0;
/// <c>running_mean</c> begins at 0, <c>running_var</c> at 1. PyTorch's BatchNorm1d and BatchNorm2d; see <see cref="BatchNormalization"/>.
/// </remarks>
public sealed class BatchNorm : Layer
{
    internal const int Gamma = 0, Beta = 1, RunningMean = 2, RunningVariance = 3;

    /// <summary>Describes a batch normalisation.</summary>
    /// <param name="momentum">The weight of a batch in the running statistics, 0 to 1.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public BatchNorm(float momentum = 0.1f, float epsilon = 1e-5f)
    {
        Guard.Share(momentum, nameof(momentum));
        Guard.Positive(epsilon, nameof(epsilon));
        (Momentum, Epsilon) = (momentum, epsilon);
    }

    /// <summary>The weight of a batch in the running statistics: <c>running ← (1 - momentum)·running + momentum·batch</c>.</summary>
    public float Momentum { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>
    /// Those whose way back asks for a sign alone: that of what they are given, found anew from the normalisation's inputs, which it reads anyway.
    /// </summary>
    internal override bool Takes(Activation activation) => activation is ReLU or LeakyReLU;

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    internal override bool TakesSum(Stage stage, Stage sum) => stage.Activation is null && (sum.Activation is null || Takes(sum.Activation));

    internal override bool BackwardInPlace => true;

    internal override bool KeepsDOutput(Stage stage) => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input)
    {
        Shape channels = new(input[0]);
        return
        [
            new("weight", channels, Initializer.Constant(1), ParameterRole.Scale),
            new("bias", channels, Initializer.Zero, ParameterRole.Bias),
            new("running_mean", channels, Initializer.Zero, ParameterRole.Statistic),
            new("running_var", channels, Initializer.Constant(1), ParameterRole.Statistic),
        ];
    }

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => 3L * input.Length;

    /// <inheritdoc/>
    protected internal override object? CreateState(Stage stage, int maxBatch, bool training) =>
        training ? new BatchStatistics(stage.Input[0]) : null;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass)
    {
        if (!pass.Training)
        {
            FusedNormalization.Of(pass.Stage).Normalize(pass, Epsilon);
            return;
        }

        Guard.SeveralPerChannel(pass.Samples, Sizes(pass.Stage).Area, pass.Stage);
        BatchStatistics batch = (BatchStatistics)pass.State!;
        batch.Samples = pass.Samples;
        FusedNormalization.Of(pass.Stage.Sum ?? pass.Stage).Forward(pass, Epsilon, batch.Mean.Span, batch.Variance.Span);
    }

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        BatchStatistics batch = (BatchStatistics)pass.State!;
        FusedNormalization.Of(pass.Stage).Backward(pass, batch.Mean.Span, batch.Variance.Span, Epsilon);
    }

    /// <inheritdoc/>
    protected internal override void EndStep(Stage stage, object? state, Span<float> parameters)
    {
        BatchStatistics batch = (BatchStatistics)state!;
        BatchNormalization.UpdateStatistics(
            batch.Mean.Span, batch.Variance.Span, (long)batch.Samples * Sizes(stage).Area, Momentum,
            stage.Parameters[RunningMean].Of(parameters), stage.Parameters[RunningVariance].Of(parameters));
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        (int channels, int area) = Sizes(pass.Stage);
        for (int channel = 0; channel < channels; channel++)
        {
            (double sum, double squares, double n) = (0, 0, (double)pass.Samples * area);
            for (int i = 0; i < pass.Samples * area; i++)
            {
                sum += pass.Input[Place(i)];
            }

            for (int i = 0; i < pass.Samples * area; i++)
            {
                squares += Math.Pow(pass.Input[Place(i)] - (sum / n), 2);
            }

            double scale = pass.Parameter(Gamma)[channel] / Math.Sqrt((squares / n) + Epsilon);
            for (int i = 0; i < pass.Samples * area; i++)
            {
                pass.Output[Place(i)] = (scale * (pass.Input[Place(i)] - (sum / n))) + pass.Parameter(Beta)[channel];
            }

            int Place(int i) => (((i / area * channels) + channel) * area) + (i % area);
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteNumber("momentum", Momentum);
        writer.WriteNumber("epsilon", Epsilon);
    }

    /// <summary>The parameters of a product together with these: <see cref="BatchNormalization.Fold"/>.</summary>
    internal void Fold(
        in ForwardPass pass, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> foldedWeight, Span<float> foldedBias) =>
        BatchNormalization.Fold(
            weight, bias, pass.Parameter(RunningMean), pass.Parameter(RunningVariance), pass.Parameter(Gamma), pass.Parameter(Beta),
            Epsilon, foldedWeight, foldedBias);

    internal static (int Channels, int Area) Sizes(Stage stage) => (stage.Input[0], stage.Input.Length / stage.Input[0]);

    /// <summary>What forward has found in a batch: for the way back, and for the running statistics.</summary>
    private sealed class BatchStatistics(int channels)
    {
        public int Samples { get; set; }

        public AlignedBuffer Mean { get; } = new(channels);

        public AlignedBuffer Variance { get; } = new(channels);
    }
}
