using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Classification: <c>-Σ cⱼ·qⱼ·ln pⱼ</c>, where p = softmax(outputs), c the class weights, and q the label or the target row, smoothed by
/// ε: <c>(1-ε)·target + ε/K</c>. The outputs are logits: no softmax layer before it. The mean divides by the sum of what the labels'
/// classes weigh, of target rows by their number.
/// <see cref="Losses.SoftmaxCrossEntropy(ReadOnlySpan{float}, ReadOnlySpan{int}, ReadOnlySpan{float}, ReadOnlySpan{float}, int, float, Reduction, Span{float}, Span{float})"/>.
/// </summary>
public sealed class SoftmaxCrossEntropy : Loss
{
    private readonly float[] _classWeights;

    /// <summary>Describes the loss.</summary>
    /// <param name="labelSmoothing">ε, at least 0 and less than 1.</param>
    /// <param name="classWeights">[classes], each finite and 0 or more, not all 0; or empty: each class weighs 1.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public SoftmaxCrossEntropy(
        float labelSmoothing = 0, ReadOnlySpan<float> classWeights = default, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Guard.Fraction(labelSmoothing, nameof(labelSmoothing));
        Guard.Weights(classWeights, classWeights.Length, nameof(classWeights));
        LabelSmoothing = labelSmoothing;
        _classWeights = classWeights.ToArray();
    }

    /// <summary>ε.</summary>
    public float LabelSmoothing { get; }

    /// <summary>[classes], or empty if each class weighs 1.</summary>
    public ReadOnlySpan<float> ClassWeights => _classWeights;

    internal override void CheckOutput(Shape output)
    {
        output.RequireVector(nameof(output));
        Guard.Weights(ClassWeights, output.Length, nameof(ClassWeights));
    }

    internal override float Compute(in LossPass pass) => pass.Targets.IsEmpty
        ? Losses.SoftmaxCrossEntropy(
            pass.Outputs, pass.Labels, pass.SampleWeights, ClassWeights, pass.Columns, LabelSmoothing, Reduction,
            pass.DOutputs, pass.SampleLosses)
        : Losses.SoftmaxCrossEntropy(
            pass.Outputs, pass.Targets, pass.SampleWeights, ClassWeights, pass.Columns, LabelSmoothing, Reduction,
            pass.DOutputs, pass.SampleLosses);

    private protected override void CheckLabels(Shape output, ReadOnlySpan<int> labels) =>
        Guard.Labels(labels, output.Length, nameof(labels));

    private protected override void CheckTargets(ReadOnlySpan<float> targets) => Guard.Within(targets, 0, 1, nameof(targets));

    private protected override double Sample(in LossShadow shadow, int sample)
    {
        ReadOnlySpan<double> x = shadow.Output(sample);
        double maximum = double.NegativeInfinity, sum = 0, loss = 0;
        foreach (double value in x)
        {
            maximum = Math.Max(maximum, value);
        }

        foreach (double value in x)
        {
            sum += Math.Exp(value - maximum);
        }

        bool labelled = shadow.Targets.IsEmpty;
        for (int j = 0; j < x.Length; j++)
        {
            double target = labelled ? (j == shadow.Labels[sample] ? 1 : 0) : shadow.Target(sample, j);
            double q = ((1 - (double)LabelSmoothing) * target) + (LabelSmoothing / (double)x.Length);
            loss += LabelWeight(j) * q * (Math.Log(sum) - (x[j] - maximum));
        }

        return loss;
    }

    private protected override double LabelWeight(int label) => _classWeights.Length == 0 ? 1 : _classWeights[label];
}
