using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>Gradient descent over the root of the gradient's mean square: <see cref="RMSPropStep"/>.</summary>
public sealed class RMSProp : Optimizer
{
    /// <summary>Describes RMSProp.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="alpha">α, at least 0 and less than 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RMSProp(float learningRate = 1e-2f, float alpha = 0.99f, float epsilon = 1e-8f)
        : base(learningRate)
    {
        Guard.Fraction(alpha, nameof(alpha));
        Guard.Positive(epsilon, nameof(epsilon));
        (Alpha, Epsilon) = (alpha, epsilon);
    }

    /// <summary>α.</summary>
    public float Alpha { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    internal override int StateCount => RMSPropStep.Rule.StateCount;

    internal override void Step(in OptimizerPass pass) => pass.Run(new RMSPropStep.Rule(pass.LearningRate, Alpha, Epsilon));
}

/// <summary>Gradient descent over the root of the sum of the gradient's squares: <see cref="AdagradStep"/>.</summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Describes Adagrad.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adagrad(float learningRate = 1e-2f, float epsilon = 1e-10f)
        : base(learningRate)
    {
        Guard.Positive(epsilon, nameof(epsilon));
        Epsilon = epsilon;
    }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    internal override int StateCount => AdagradStep.Rule.StateCount;

    internal override void Step(in OptimizerPass pass) => pass.Run(new AdagradStep.Rule(pass.LearningRate, Epsilon));
}
