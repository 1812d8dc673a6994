using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>What training makes small: an immutable description that holds no numbers.</summary>
public abstract class Loss
{
    private protected Loss()
    {
    }

    /// <summary>Refuses outputs that the loss has no meaning for.</summary>
    internal abstract void CheckOutput(Shape output);

    /// <summary>The mean loss of a batch, and its gradient.</summary>
    /// <param name="outputs">[samples, ...output].</param>
    /// <param name="labels">[samples], checked.</param>
    /// <param name="dOutputs">[samples, ...output], to be written.</param>
    /// <param name="sampleLosses">[samples], to be written.</param>
    internal abstract float Compute(
        ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, Span<float> dOutputs, Span<float> sampleLosses);
}

/// <summary>
/// Classification: <c>-ln softmax(outputs)[label]</c>, the mean over the batch. The outputs are logits: no softmax layer before it.
/// </summary>
public sealed class SoftmaxCrossEntropy : Loss
{
    internal override void CheckOutput(Shape output) => Guard.Vector(output, nameof(output));

    internal override float Compute(
        ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, Span<float> dOutputs, Span<float> sampleLosses) =>
        Losses.SoftmaxCrossEntropy(outputs, labels, outputs.Length / labels.Length, dOutputs, sampleLosses);
}
