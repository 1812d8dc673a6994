using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>Adam: <see cref="AdamStep"/>.</summary>
public class Adam : Optimizer
{
    /// <summary>Describes Adam.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta1">β₁, at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <param name="amsGrad">Whether steps are divided by the largest second moment so far: AMSGrad.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, bool amsGrad = false)
        : base(learningRate)
    {
        Guard.Fraction(beta1, nameof(beta1));
        Guard.Fraction(beta2, nameof(beta2));
        Guard.Positive(epsilon, nameof(epsilon));
        (Beta1, Beta2, Epsilon, AMSGrad) = (beta1, beta2, epsilon, amsGrad);
    }

    /// <summary>β₁.</summary>
    public float Beta1 { get; }

    /// <summary>β₂.</summary>
    public float Beta2 { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>Whether steps are divided by the largest second moment so far.</summary>
    public bool AMSGrad { get; }

    internal override int StateCount => AMSGrad ? AdamStep.MaximumRule.StateCount : AdamStep.Rule.StateCount;

    internal override void Step(in OptimizerPass pass)
    {
        AdamStep.Rule rule = new(pass.LearningRate, Beta1, Beta2, Epsilon, pass.Step, pass.Decay);
        if (AMSGrad)
        {
            pass.Run(new AdamStep.MaximumRule(rule));
        }
        else
        {
            pass.Run(rule);
        }
    }
}

/// <summary>Adam with decoupled weight decay, <c>θ ← (1-ηλ)θ</c> beside Adam's step: <see cref="AdamStep"/>.</summary>
public sealed class AdamW : Adam
{
    /// <summary>Describes AdamW.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta1">β₁, at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <param name="weightDecay">λ, 0 or more; it acts on weights unless a <see cref="ParameterGroup"/> says otherwise.</param>
    /// <param name="amsGrad">Whether steps are divided by the largest second moment so far: AMSGrad.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public AdamW(
        float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 1e-2f,
        bool amsGrad = false)
        : base(learningRate, beta1, beta2, epsilon, amsGrad)
    {
        Guard.NotNegative(weightDecay, nameof(weightDecay));
        WeightDecay = weightDecay;
    }

    /// <summary>λ.</summary>
    public float WeightDecay { get; }

    internal override float? Decay => WeightDecay;
}
