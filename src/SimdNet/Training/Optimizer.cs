using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>How parameters follow their gradient: an immutable description that holds no numbers; its state is the trainer's.</summary>
public abstract class Optimizer
{
    private protected Optimizer()
    {
    }

    /// <summary>Numbers of state per parameter.</summary>
    internal abstract int StateCount { get; }

    /// <summary>Moves the parameters once.</summary>
    /// <param name="parameters">[n].</param>
    /// <param name="gradients">[n].</param>
    /// <param name="state">[<see cref="StateCount"/>, n], 0 before step 1.</param>
    /// <param name="step">1 at the first step.</param>
    /// <param name="rateScale">What the learning rate is multiplied by.</param>
    internal abstract void Step(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> state, long step, float rateScale);
}

/// <summary>Adam: <see cref="AdamStep"/>.</summary>
public sealed class Adam : Optimizer
{
    /// <summary>Describes Adam.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta1">β₁, at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
    {
        Guard.Positive(learningRate, nameof(learningRate));
        Guard.Fraction(beta1, nameof(beta1));
        Guard.Fraction(beta2, nameof(beta2));
        Guard.Positive(epsilon, nameof(epsilon));
        (LearningRate, Beta1, Beta2, Epsilon) = (learningRate, beta1, beta2, epsilon);
    }

    /// <summary>η.</summary>
    public float LearningRate { get; }

    /// <summary>β₁.</summary>
    public float Beta1 { get; }

    /// <summary>β₂.</summary>
    public float Beta2 { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    internal override int StateCount => 2;

    internal override void Step(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> state, long step, float rateScale)
    {
        int n = parameters.Length;
        AdamStep.Update(parameters, gradients, state[..n], state[n..], LearningRate * rateScale, Beta1, Beta2, Epsilon, step);
    }
}
