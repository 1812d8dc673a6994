namespace SimdNet.Memory;

/// <summary>What a parameter does in its layer: decay and optimizers ask.</summary>
public enum ParameterRole
{
    /// <summary>Multiplies inputs: a matrix, a kernel. What is meant by weight decay.</summary>
    Weight,

    /// <summary>Is added.</summary>
    Bias,

    /// <summary>Scales normalised values.</summary>
    Scale,

    /// <summary>Is measured, not trained: a running mean or variance. It has no gradient.</summary>
    Statistic,
}
