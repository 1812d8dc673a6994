namespace SimdNet.Training;

/// <summary>
/// A penalty on large weights, a part of the reported loss: <c>λ₂/2·‖w‖² + λ₁/2·‖w‖₁</c>, of gradient <c>λ₂w + λ₁/2·sign(w)</c>.
/// </summary>
/// <remarks>
/// L2 alone is ridge regression's and PyTorch's weight_decay for SGD and Adam; L1 alone is lasso's; both, the elastic net. Not the same as the
/// decoupled decay of <see cref="AdamW"/>, which is no part of the loss.
/// </remarks>
public sealed class Regularization
{
    /// <summary>Describes a penalty; without numbers, none.</summary>
    /// <param name="l2">λ₂, 0 or more.</param>
    /// <param name="l1">λ₁, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public Regularization(float l2 = 0, float l1 = 0)
    {
        Guard.NotNegative(l2, nameof(l2));
        Guard.NotNegative(l1, nameof(l1));
        (L2, L1) = (l2, l1);
    }

    /// <summary>No penalty.</summary>
    public static Regularization None { get; } = new();

    /// <summary>λ₂.</summary>
    public float L2 { get; }

    /// <summary>λ₁.</summary>
    public float L1 { get; }
}
