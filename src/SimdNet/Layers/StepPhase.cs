namespace SimdNet.Layers;

/// <summary>A part of a step of training; a prediction has the first and the last.</summary>
public enum StepPhase
{
    /// <summary>A layer computes its outputs.</summary>
    Forward,

    /// <summary>The loss and its gradient.</summary>
    Loss,

    /// <summary>A layer computes its gradients.</summary>
    Backward,

    /// <summary>The parameters move.</summary>
    Optimizer,

    /// <summary>All that is none of these: checks, running statistics, weights that are packed anew.</summary>
    Rest,
}
