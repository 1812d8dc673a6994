namespace SimdNet.Training;

/// <summary>
/// Training has come to numbers that are not finite. The step has not happened: parameters, statistics, the optimizer's state and the
/// number of steps are those of the step before.
/// </summary>
public sealed class DivergenceException : ArithmeticException
{
    /// <summary>A divergence of which nothing is known.</summary>
    public DivergenceException()
    {
    }

    /// <summary>A divergence.</summary>
    /// <param name="message">What has happened.</param>
    public DivergenceException(string message)
        : base(message)
    {
    }

    /// <summary>A divergence with a cause.</summary>
    /// <param name="message">What has happened.</param>
    /// <param name="innerException">The cause.</param>
    public DivergenceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal DivergenceException(string message, long step, string? layer)
        : base(message) => (Step, Layer) = (step, layer);

    /// <summary>The step that did not happen, 1 at the first; 0 if unknown.</summary>
    public long Step { get; }

    /// <summary>The first layer whose output is not finite, such as <c>Dense(784 → 128)</c>; null if all are finite.</summary>
    public string? Layer { get; }
}
