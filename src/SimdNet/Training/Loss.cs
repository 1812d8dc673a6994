using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>What training makes small: an immutable description that holds no numbers.</summary>
/// <remarks>
/// Of n samples with the losses lᵢ and the weights wᵢ (1 if a step is given none), the loss is <c>Σ wᵢ·lᵢ</c>, and for the mean that is
/// divided by <c>Σ wᵢ</c>, times the number of outputs where lᵢ is a sum over them.
/// <list type="table">
/// <listheader>
/// <term>loss</term>
/// <description>of the outputs x with targets t or a label y; for what; notes</description>
/// </listheader>
/// <item>
/// <term><see cref="MeanSquaredError"/></term>
/// <description><c>(x - t)²</c>; regression; the mean is what it finds, outliers weigh most</description>
/// </item>
/// <item>
/// <term><see cref="MeanAbsoluteError"/></term>
/// <description><c>|x - t|</c>; regression; the median is what it finds; derivative 0 at 0</description>
/// </item>
/// <item>
/// <term><see cref="Huber"/></term>
/// <description><c>d²/2</c> for |d| ≤ δ, else <c>δ(|d| - δ/2)</c>; regression with outliers</description>
/// </item>
/// <item>
/// <term><see cref="SoftmaxCrossEntropy"/></term>
/// <description><c>-ln softmax(x)_y</c>; one of K classes, as probabilities; logits</description>
/// </item>
/// <item>
/// <term><see cref="BinaryCrossEntropy"/></term>
/// <description><c>-t·ln σ(x) - (1-t)·ln(1 - σ(x))</c>; two classes, or any number that do not exclude each other; logits</description>
/// </item>
/// <item>
/// <term><see cref="Hinge"/></term>
/// <description><c>max(0, 1 - t·x)</c>, t = ±1; two classes, by a margin</description>
/// </item>
/// <item>
/// <term><see cref="MultiClassHinge"/></term>
/// <description><c>Σ max(0, 1 - x_y + xⱼ)/K</c>, j ≠ y; one of K classes, by margins</description>
/// </item>
/// </list>
/// </remarks>
public abstract class Loss
{
    private protected Loss(Reduction reduction)
    {
        Guard.InRange((int)reduction, (int)Reduction.Mean, (int)Reduction.Sum, nameof(reduction));
        Reduction = reduction;
    }

    /// <summary>Whether the loss of a batch is the mean or the sum of those of its samples.</summary>
    public Reduction Reduction { get; }

    /// <summary>Refuses outputs that the loss has no meaning for; without a word of its own it takes any.</summary>
    internal virtual void CheckOutput(Shape output)
    {
    }

    /// <summary>Refuses what a step is given besides its inputs, before anything is computed.</summary>
    /// <param name="output">The shape of a sample's outputs.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="labels">[samples], or empty if there are targets.</param>
    /// <param name="targets">[samples, ...output], or empty if there are labels.</param>
    /// <param name="sampleWeights">[samples], or empty if all are 1.</param>
    internal void Check(
        Shape output, int samples, ReadOnlySpan<int> labels, ReadOnlySpan<float> targets, ReadOnlySpan<float> sampleWeights)
    {
        if (targets.IsEmpty)
        {
            Guard.Length(labels.Length, samples, nameof(labels));
            CheckLabels(output, labels);
        }
        else
        {
            Guard.Length(targets.Length, (long)samples * output.Length, nameof(targets));
            CheckTargets(targets);
        }

        Guard.Weights(sampleWeights, samples, nameof(sampleWeights));
    }

    /// <summary>The loss of a batch, and its gradient.</summary>
    internal abstract float Compute(in LossPass pass);

    /// <summary>The loss of a batch in double precision.</summary>
    internal double Compute(in LossShadow shadow)
    {
        double sum = 0;
        for (int sample = 0; sample < shadow.Samples; sample++)
        {
            sum += (shadow.SampleWeights.IsEmpty ? 1 : shadow.SampleWeights[sample]) * Sample(shadow, sample);
        }

        return sum / Divisor(Weight(shadow.Samples, shadow.Columns, shadow.Labels, shadow.SampleWeights) ?? 1);
    }

    /// <summary>What a batch weighs in the mean of several; null if losses are summed.</summary>
    internal double? Weight(in LossPass pass) => Weight(pass.Samples, pass.Columns, pass.Labels, pass.SampleWeights);

    /// <summary>What the losses of that weight are divided by to make their mean: by 1 if all labels' classes weigh 0.</summary>
    internal static double Divisor(double weight) => weight > 0 ? weight : 1;

    /// <summary>Refuses labels: all, if the loss knows targets only.</summary>
    private protected virtual void CheckLabels(Shape output, ReadOnlySpan<int> labels) => Throw.Unwanted(this, nameof(labels), "targets");

    /// <summary>Refuses targets; without a word of its own the loss takes any.</summary>
    private protected virtual void CheckTargets(ReadOnlySpan<float> targets)
    {
    }

    /// <summary>Whether the mean is over all elements: over the outputs of each sample, too.</summary>
    private protected virtual bool IsOverElements => false;

    /// <summary>What samples of a label weigh in the mean.</summary>
    private protected virtual double LabelWeight(int label) => 1;

    /// <summary>The loss of one sample in double precision, not weighted.</summary>
    private protected abstract double Sample(in LossShadow shadow, int sample);

    private double? Weight(int samples, int columns, ReadOnlySpan<int> labels, ReadOnlySpan<float> sampleWeights)
    {
        if (Reduction == Reduction.Sum)
        {
            return null;
        }

        double sum = 0;
        for (int i = 0; i < samples; i++)
        {
            sum += (sampleWeights.IsEmpty ? 1 : sampleWeights[i]) * (labels.IsEmpty ? 1 : LabelWeight(labels[i]));
        }

        return sum * (IsOverElements ? columns : 1);
    }
}

/// <summary>What a loss is given.</summary>
internal readonly ref struct LossPass
{
    public required int Samples { get; init; }

    /// <summary>The number of outputs of a sample.</summary>
    public int Columns => Outputs.Length / Samples;

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
