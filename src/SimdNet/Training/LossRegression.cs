using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>
/// Regression: <c>d²</c>, where d = output - target. The mean is over all elements. <see cref="Losses.MeanSquaredError"/>.
/// </summary>
/// <param name="reduction">The mean or the sum.</param>
public sealed class MeanSquaredError(Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    private protected override bool IsOverElements => true;

    internal override float Compute(in LossPass pass) => Losses.MeanSquaredError(
        pass.Outputs, pass.Targets, pass.SampleWeights, pass.Columns, Reduction, pass.DOutputs, pass.SampleLosses);

    private protected override double Sample(in LossShadow shadow, int sample) =>
        shadow.Sum(sample, static (x, t) => (x - t) * (x - t));
}

/// <summary>
/// Regression: <c>|d|</c>, where d = output - target. The mean is over all elements. It minds outliers less than d² does, but its
/// gradient does not fade near the target. <see cref="Losses.MeanAbsoluteError"/>.
/// </summary>
/// <param name="reduction">The mean or the sum.</param>
public sealed class MeanAbsoluteError(Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    private protected override bool IsOverElements => true;

    internal override float Compute(in LossPass pass) => Losses.MeanAbsoluteError(
        pass.Outputs, pass.Targets, pass.SampleWeights, pass.Columns, Reduction, pass.DOutputs, pass.SampleLosses);

    private protected override double Sample(in LossShadow shadow, int sample) =>
        shadow.Sum(sample, static (x, t) => Math.Abs(x - t));
}

/// <summary>
/// Regression: <c>d²/2</c> where |d| ≤ δ, else <c>δ(|d| - δ/2)</c>, with d = output - target. The mean is over all elements. A parabola
/// near the target, a line for outliers. <see cref="Losses.Huber"/>.
/// </summary>
public sealed class Huber : Loss
{
    /// <summary>Describes the loss.</summary>
    /// <param name="delta">δ, above 0.</param>
    /// <param name="reduction">The mean or the sum.</param>
    /// <exception cref="ArgumentOutOfRangeException">δ is not a finite number above 0.</exception>
    public Huber(float delta = 1, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Guard.Positive(delta, nameof(delta));
        Delta = delta;
    }

    /// <summary>δ: where the parabola becomes a line.</summary>
    public float Delta { get; }

    private protected override bool IsOverElements => true;

    internal override float Compute(in LossPass pass) => Losses.Huber(
        pass.Outputs, pass.Targets, pass.SampleWeights, pass.Columns, Delta, Reduction, pass.DOutputs, pass.SampleLosses);

    private protected override double Sample(in LossShadow shadow, int sample)
    {
        double delta = Delta;
        return shadow.Sum(sample, (x, t) =>
        {
            double size = Math.Abs(x - t);
            return size <= delta ? size * size / 2 : delta * (size - (delta / 2));
        });
    }
}
