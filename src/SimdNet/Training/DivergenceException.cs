using System.Numerics.Tensors;
using SimdNet.Layers;

namespace SimdNet.Training;

/// <summary>
/// Training has come to numbers that are not finite. The step has not happened: parameters, statistics, the optimizer's state and the
/// number of steps are those of the step before.
/// </summary>
public sealed class DivergenceException : ArithmeticException
{
    /// <summary>A divergence of which nothing is known.</summary>
    public DivergenceException()
    {
    }

    /// <summary>A divergence.</summary>
    /// <param name="message">What has happened.</param>
    public DivergenceException(string message)
        : base(message)
    {
    }

    /// <summary>A divergence with a cause.</summary>
    /// <param name="message">What has happened.</param>
    /// <param name="innerException">The cause.</param>
    public DivergenceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    private DivergenceException(string what, long step, string? layer)
        : base($"{what} The parameters of the step before are still there.") => (Step, Layer) = (step, layer);

    /// <summary>The step that did not happen, 1 at the first; 0 if unknown.</summary>
    public long Step { get; }

    /// <summary>The first layer whose output is not finite, such as <c>Dense(784 → 128)</c>; null if all are finite.</summary>
    public string? Layer { get; }

    internal static DivergenceException OfLoss(
        float loss, long step, ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, Stage? stage)
    {
        string given = !TensorPrimitives.IsFiniteAll(inputs) ? "its inputs are not all finite; "
            : !targets.IsEmpty && !TensorPrimitives.IsFiniteAll(targets) ? "its targets are not all finite; "
            : "";
        string found = stage is null
            ? "all outputs of layers are finite, the loss of them is not"
            : $"the first layer whose output is not finite is layer {stage.Path}, {stage}";
        return new($"The loss is {loss} at step {step}: {given}{found}.", step, stage?.ToString());
    }

    internal static DivergenceException OfNorm(double norm, long step) =>
        new($"The norm of the gradient is {norm} at step {step}.", step, layer: null);
}
