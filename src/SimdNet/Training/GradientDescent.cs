using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>Gradient descent, <c>θ ← θ - η∇L</c>: <see cref="GradientDescentStep"/>.</summary>
public sealed class GradientDescent : Optimizer
{
    /// <summary>Describes gradient descent.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public GradientDescent(float learningRate = 1e-2f)
        : base(learningRate)
    {
    }

    internal override int StateCount => GradientDescentStep.Rule.StateCount;

    internal override void Step(in OptimizerPass pass) => pass.Run(new GradientDescentStep.Rule(pass.LearningRate));
}

/// <summary>Gradient descent with momentum, <c>m ← βm + (1-β)∇L, θ ← θ - ηm</c>: <see cref="MomentumStep"/>.</summary>
public sealed class Momentum : Optimizer
{
    /// <summary>Describes gradient descent with momentum.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta">β, at least 0 and less than 1.</param>
    /// <param name="form">Whether momentum is a mean of gradients, or, as PyTorch's SGD has it, a sum.</param>
    /// <param name="nesterov">Whether parameters move by the momentum as it would be after the same gradient once more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Momentum(
        float learningRate = 1e-2f, float beta = 0.9f, MomentumForm form = MomentumForm.Averaged, bool nesterov = false)
        : base(learningRate)
    {
        MomentumStep.Check(beta, form);
        (Beta, Form, Nesterov) = (beta, form, nesterov);
    }

    /// <summary>β.</summary>
    public float Beta { get; }

    /// <summary>Whether momentum is a mean of gradients, or a sum.</summary>
    public MomentumForm Form { get; }

    /// <summary>Whether parameters move by the momentum as it would be after the same gradient once more.</summary>
    public bool Nesterov { get; }

    internal override int StateCount => MomentumStep.Rule.StateCount;

    internal override void Step(in OptimizerPass pass)
    {
        MomentumStep.Rule rule = new(pass.LearningRate, Beta, Form);
        if (Nesterov)
        {
            pass.Run(new MomentumStep.NesterovRule(rule));
        }
        else
        {
            pass.Run(rule);
        }
    }
}

/// <summary>Lion, momentum's sign alone: <see cref="LionStep"/>.</summary>
public sealed class Lion : Optimizer
{
    /// <summary>Describes Lion.</summary>
    /// <param name="learningRate">η, above 0: the length of every step, so a tenth of Adam's.</param>
    /// <param name="beta1">β₁, of the mean whose sign is taken; at least 0 and less than 1.</param>
    /// <param name="beta2">β₂, of the mean that is kept; at least 0 and less than 1.</param>
    /// <param name="weightDecay">λ, 0 or more; it acts on weights unless a <see cref="ParameterGroup"/> says otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f, float weightDecay = 0)
        : base(learningRate)
    {
        Guard.Fraction(beta1, nameof(beta1));
        Guard.Fraction(beta2, nameof(beta2));
        Guard.NotNegative(weightDecay, nameof(weightDecay));
        (Beta1, Beta2, WeightDecay) = (beta1, beta2, weightDecay);
    }

    /// <summary>β₁.</summary>
    public float Beta1 { get; }

    /// <summary>β₂.</summary>
    public float Beta2 { get; }

    /// <summary>λ.</summary>
    public float WeightDecay { get; }

    internal override float? Decay => WeightDecay;

    internal override int StateCount => LionStep.Rule.StateCount;

    internal override void Step(in OptimizerPass pass) => pass.Run(new LionStep.Rule(pass.LearningRate, Beta1, Beta2, pass.Decay));
}
