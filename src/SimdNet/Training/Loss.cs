using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Training;

/// <summary>What training makes small: an immutable description that holds no numbers.</summary>
public abstract class Loss
{
    private protected Loss()
    {
    }

    /// <summary>Refuses outputs that the loss has no meaning for.</summary>
    internal abstract void CheckOutput(Shape output);

    /// <summary>The loss of a batch, and its gradient.</summary>
    internal abstract float Compute(in LossPass pass);

    /// <summary>What the losses of a batch's samples are divided by to make their mean; null if they are summed.</summary>
    internal virtual double? Divisor(in LossPass pass) =>
        pass.SampleWeights.IsEmpty ? pass.Samples : Loops.Fold(default(Sum), pass.SampleWeights);
}

/// <summary>What a loss is given.</summary>
internal readonly ref struct LossPass
{
    public required int Samples { get; init; }

    /// <summary>[samples, ...output].</summary>
    public required ReadOnlySpan<float> Outputs { get; init; }

    /// <summary>[samples], or empty if there are targets.</summary>
    public ReadOnlySpan<int> Labels { get; init; }

    /// <summary>[samples, ...output], or empty if there are labels.</summary>
    public ReadOnlySpan<float> Targets { get; init; }

    /// <summary>[samples], or empty if all are 1.</summary>
    public ReadOnlySpan<float> SampleWeights { get; init; }

    /// <summary>[samples, ...output], to be written.</summary>
    public required Span<float> DOutputs { get; init; }

    /// <summary>[samples], to be written.</summary>
    public required Span<float> SampleLosses { get; init; }
}

/// <summary>
/// Classification: <c>-ln softmax(outputs)[label]</c>, the mean over the batch. The outputs are logits: no softmax layer before it.
/// </summary>
public sealed class SoftmaxCrossEntropy : Loss
{
    internal override void CheckOutput(Shape output) => output.RequireVector(nameof(output));

    internal override float Compute(in LossPass pass) => Losses.SoftmaxCrossEntropy(
        pass.Outputs, pass.Labels, pass.Outputs.Length / pass.Samples, pass.DOutputs, pass.SampleLosses);
}
