using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// Layer normalisation over all values of a sample: <c>y = γ·(x - mean)/√(variance + ε) + β</c>, the same in training and prediction.
/// </summary>
/// <remarks>
/// γ is <c>weight</c> and begins at 1, β is <c>bias</c> and begins at 0; both have the shape of a sample. PyTorch's LayerNorm whose
/// normalized_shape is that of a sample; see <see cref="LayerNormalization"/>.
/// </remarks>
public sealed class LayerNorm : Layer
{
    private const int Gamma = 0, Beta = 1;

    /// <summary>Describes a layer normalisation.</summary>
    /// <param name="epsilon">ε, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is out of its range.</exception>
    public LayerNorm(float epsilon = 1e-5f)
    {
        Guard.Positive(epsilon, nameof(epsilon));
        Epsilon = epsilon;
    }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input) =>
    [
        new("weight", input, Initializer.Constant(1), ParameterRole.Scale),
        new("bias", input, Initializer.Zero, ParameterRole.Bias),
    ];

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => 8L * input.Length;

    /// <inheritdoc/>
    protected internal override object? CreateState(Stage stage, int maxBatch, bool training) =>
        training ? new RowStatistics(new(maxBatch), new(maxBatch)) : null;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass)
    {
        RowStatistics? rows = (RowStatistics?)pass.State;
        LayerNormalization.Forward(
            pass.Input, pass.Parameter(Gamma), pass.Parameter(Beta), pass.Samples, pass.Stage.Input.Length, Epsilon, pass.Output,
            rows is null ? [] : rows.Mean.Span[..pass.Samples], rows is null ? [] : rows.InverseDeviation.Span[..pass.Samples]);
    }

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        RowStatistics rows = (RowStatistics)pass.State!;
        LayerNormalization.Backward(
            pass.Input, rows.Mean.Span[..pass.Samples], rows.InverseDeviation.Span[..pass.Samples], pass.Parameter(Gamma), pass.DOutput,
            pass.Samples, pass.Stage.Input.Length, pass.DInput, pass.Gradient(Gamma), pass.Gradient(Beta));
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        int features = pass.Stage.Input.Length;
        for (int row = 0; row < pass.Samples; row++)
        {
            ReadOnlySpan<double> x = pass.Input.Slice(row * features, features);
            (double sum, double squares) = (0, 0);
            foreach (double value in x)
            {
                sum += value;
            }

            foreach (double value in x)
            {
                squares += Math.Pow(value - (sum / features), 2);
            }

            for (int i = 0; i < features; i++)
            {
                double normalized = (x[i] - (sum / features)) / Math.Sqrt((squares / features) + Epsilon);
                pass.Output[(row * features) + i] = (normalized * pass.Parameter(Gamma)[i]) + pass.Parameter(Beta)[i];
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("epsilon", Epsilon);

    /// <summary>What forward has found in each row, for the way back.</summary>
    private sealed record RowStatistics(AlignedBuffer Mean, AlignedBuffer InverseDeviation);
}
