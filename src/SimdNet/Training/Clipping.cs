namespace SimdNet.Training;

/// <summary>A bound on the gradient of the reported loss, regularisation included.</summary>
public sealed class Clipping
{
    private const double Tiny = 1e-6; // PyTorch's: a gradient of length 0 is no division by 0

    private Clipping(float limit, float maxNorm) => (Limit, MaxNorm) = (limit, maxNorm);

    /// <summary>The largest magnitude of a value; ∞ if values are not bounded.</summary>
    public float Limit { get; }

    /// <summary>The largest norm of the whole gradient; ∞ if it is not bounded.</summary>
    public float MaxNorm { get; }

    /// <summary>Each value is clamped to [-limit, limit], which costs no pass of its own.</summary>
    /// <param name="limit">The bound, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not above 0.</exception>
    public static Clipping ByValue(float limit)
    {
        Guard.Positive(limit, nameof(limit));
        return new(limit, float.PositiveInfinity);
    }

    /// <summary>
    /// The gradient G of all parameters together is multiplied by <c>min(1, maxNorm/(‖G‖ + 10⁻⁶))</c>, as PyTorch's clip_grad_norm_ does.
    /// </summary>
    /// <param name="maxNorm">The bound, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not above 0.</exception>
    public static Clipping ByNorm(float maxNorm)
    {
        Guard.Positive(maxNorm, nameof(maxNorm));
        return new(float.PositiveInfinity, maxNorm);
    }

    /// <summary>What a gradient of that length is multiplied by.</summary>
    internal double Factor(double norm) => Math.Min(1, MaxNorm / (norm + Tiny));
}
