using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>How parameters follow their gradient: an immutable description that holds no numbers; its state is the trainer's.</summary>
public abstract class Optimizer
{
    private protected Optimizer(float learningRate)
    {
        Guard.Positive(learningRate, nameof(learningRate));
        LearningRate = learningRate;
    }

    /// <summary>η, which a <see cref="Schedule"/> multiplies.</summary>
    public float LearningRate { get; }

    /// <summary>λ of decoupled decay, for parameters that are to decay; null if the optimizer has no such thing.</summary>
    internal virtual float? Decay => null;

    /// <summary>Numbers of state per parameter.</summary>
    internal abstract int StateCount { get; }

    /// <summary>Moves the parameters of a pass once.</summary>
    internal abstract void Step(in OptimizerPass pass);
}

/// <summary>What an optimizer is given: parameters that are treated alike.</summary>
internal readonly ref struct OptimizerPass(UpdateSpans spans)
{
    private readonly UpdateSpans _spans = spans;

    /// <summary>t, 1 at the first.</summary>
    public required long Step { get; init; }

    /// <summary>η of this step and these parameters, 0 or more.</summary>
    public required float LearningRate { get; init; }

    /// <summary>λ of decoupled decay.</summary>
    public required float Decay { get; init; }

    /// <summary>What becomes of the gradient first.</summary>
    public required GradientTransform Transform { get; init; }

    public void Run<TRule>(TRule rule)
        where TRule : struct, IUpdateRule => ParameterUpdate.Run(rule, Transform, _spans);
}
