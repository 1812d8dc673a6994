using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Classification, each output by itself: <c>-(p·t·ln σ(x) + (1-t)·ln(1 - σ(x)))</c> of an output x with the target t from 0 to 1, or of
/// a single output with a label 0 or 1. The mean is over all elements. The outputs are logits: no sigmoid before it.
/// <see cref="Losses.BinaryCrossEntropy(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, int, float, Reduction, Span{float}, Span{float})"/>.
/// </summary>
public sealed class BinaryCrossEntropy : Loss
{
    /// <summary>Describes the loss.</summary>
    /// <param name="positiveWeight">p, above 0: what a positive target weighs beside a negative one.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not a finite number above 0.</exception>
    public BinaryCrossEntropy(float positiveWeight = 1, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Guard.Positive(positiveWeight, nameof(positiveWeight));
        PositiveWeight = positiveWeight;
    }

    /// <summary>p: what a positive target weighs beside a negative one.</summary>
    public float PositiveWeight { get; }

    private protected override bool IsOverElements => true;

    internal override float Compute(in LossPass pass) => pass.Targets.IsEmpty
        ? Losses.BinaryCrossEntropy(
            pass.Outputs, pass.Labels, pass.SampleWeights, PositiveWeight, Reduction, pass.DOutputs, pass.SampleLosses)
        : Losses.BinaryCrossEntropy(
            pass.Outputs, pass.Targets, pass.SampleWeights, pass.Columns, PositiveWeight, Reduction, pass.DOutputs, pass.SampleLosses);

    private protected override void CheckLabels(Shape output, ReadOnlySpan<int> labels)
    {
        Guard.Length(labels.Length, (long)labels.Length * output.Length, nameof(labels));
        Guard.Labels(labels, classes: 2, nameof(labels));
    }

    private protected override void CheckTargets(ReadOnlySpan<float> targets) => Guard.Within(targets, 0, 1, nameof(targets));

    private protected override double Sample(in LossShadow shadow, int sample)
    {
        double positiveWeight = PositiveWeight;
        return shadow.Sum(sample, (x, t) => ((1 - t) * Softplus(x)) + (positiveWeight * t * Softplus(-x)));

        static double Softplus(double x) => Math.Max(x, 0) + DoubleMath.Log1p(Math.Exp(-Math.Abs(x)));
    }
}

/// <summary>
/// Classification by the sign of one output: <c>max(0, margin - t·x)</c> of the output x with the target t, -1 or 1; labels may also be
/// 0 for -1. What is right by more than the margin costs nothing.
/// <see cref="Losses.Hinge(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, float, Reduction, Span{float}, Span{float})"/>.
/// </summary>
public sealed class Hinge : Loss
{
    /// <summary>Describes the loss.</summary>
    /// <param name="margin">How far on the right side an output costs nothing, above 0.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <exception cref="ArgumentOutOfRangeException">The margin is not a finite number above 0.</exception>
    public Hinge(float margin = 1, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Guard.Positive(margin, nameof(margin));
        Margin = margin;
    }

    /// <summary>How far on the right side an output costs nothing.</summary>
    public float Margin { get; }

    internal override void CheckOutput(Shape output) => Guard.Length(output.Length, 1, nameof(output));

    internal override float Compute(in LossPass pass) => pass.Targets.IsEmpty
        ? Losses.Hinge(pass.Outputs, pass.Labels, pass.SampleWeights, Margin, Reduction, pass.DOutputs, pass.SampleLosses)
        : Losses.Hinge(pass.Outputs, pass.Targets, pass.SampleWeights, Margin, Reduction, pass.DOutputs, pass.SampleLosses);

    private protected override void CheckLabels(Shape output, ReadOnlySpan<int> labels) => Guard.SignLabels(labels, nameof(labels));

    private protected override void CheckTargets(ReadOnlySpan<float> targets) => Guard.Signs(targets, nameof(targets));

    private protected override double Sample(in LossShadow shadow, int sample)
    {
        double margin = Margin;
        return shadow.Sum(sample, (x, t) => Math.Max(0, margin - (t * x)), negative: -1);
    }
}

/// <summary>
/// Classification by the largest output: <c>Σ max(0, margin - x_y + xⱼ)/K</c> over the classes j other than the label y, of K. It asks
/// for margins, not for probabilities. <see cref="Losses.MultiClassHinge"/>.
/// </summary>
public sealed class MultiClassHinge : Loss
{
    /// <inheritdoc cref="Hinge(float, Reduction)"/>
    /// <param name="margin">How far below the label's output another costs nothing, above 0.</param>
    /// <param name="reduction">The mean or the sum.</param>
    public MultiClassHinge(float margin = 1, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Guard.Positive(margin, nameof(margin));
        Margin = margin;
    }

    /// <summary>How far below the label's output another costs nothing.</summary>
    public float Margin { get; }

    internal override void CheckOutput(Shape output) => output.RequireVector(nameof(output));

    internal override float Compute(in LossPass pass) => Losses.MultiClassHinge(
        pass.Outputs, pass.Labels, pass.SampleWeights, pass.Columns, Margin, Reduction, pass.DOutputs, pass.SampleLosses);

    private protected override void CheckLabels(Shape output, ReadOnlySpan<int> labels) =>
        Guard.Labels(labels, output.Length, nameof(labels));

    private protected override void CheckTargets(ReadOnlySpan<float> targets) => Throw.Unwanted(this, nameof(targets), "labels");

    private protected override double Sample(in LossShadow shadow, int sample)
    {
        ReadOnlySpan<double> x = shadow.Output(sample);
        int label = shadow.Labels[sample];
        double sum = 0;
        for (int j = 0; j < x.Length; j++)
        {
            sum += j == label ? 0 : Math.Max(0, Margin - x[label] + x[j]);
        }

        return sum / x.Length;
    }
}
