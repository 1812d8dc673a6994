using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// In training each value is dropped with probability p, or else multiplied by 1/(1 - p): the expectation stays. In prediction nothing is
/// done.
/// </summary>
/// <remarks>
/// The mask follows from the trainer's seed, the step, the layer's place and the value's; it is computed on the way and again on the way
/// back, and never stored. See <see cref="DropoutMask"/> for how p is rounded.
/// </remarks>
public sealed class Dropout : Layer
{
    /// <summary>Describes a dropout.</summary>
    /// <param name="probability">p, 0 ≤ p &lt; 1: how likely a value is to be dropped.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is out of its range.</exception>
    public Dropout(float probability = 0.5f)
    {
        Guard.Fraction(probability, nameof(probability));
        Probability = probability;
    }

    /// <summary>p: how likely a value is to be dropped.</summary>
    public float Probability { get; }

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override bool IsView(bool training) => !training || DropoutMask.Threshold(Probability) == 0;

    internal override bool BackwardInPlace => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) =>
        DropoutMask.Apply(pass.Input, Probability, pass.Random, pass.Output);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            DropoutMask.Apply(pass.DOutput, Probability, pass.Random, pass.DInput);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        float[] mask = new float[pass.Input.Length];
        Array.Fill(mask, 1);
        DropoutMask.Apply(mask, Probability, pass.Random, mask);
        double factor = DropoutMask.Factor(DropoutMask.Threshold(Probability));
        for (int i = 0; i < mask.Length; i++)
        {
            pass.Output[i] = mask[i] == 0 ? 0 : pass.Input[i] * factor;
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("probability", Probability);

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) => $"{Kind}({input}, p = {Probability})";
}
