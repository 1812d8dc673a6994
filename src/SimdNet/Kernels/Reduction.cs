namespace SimdNet.Kernels;

/// <summary>How the losses of the samples become one number.</summary>
public enum Reduction
{
    /// <summary>Their sum, divided by the sum of what they weigh: without weights, by their number.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}
