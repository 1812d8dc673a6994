namespace SimdNet.Tests.Support;

/// <summary>
/// How far a normalisation in float may be from its twin in double: of one channel or row, whose sums send each term through at most
/// <c>roundings</c> additions.
/// </summary>
/// <remarks>
/// Mean: <c>e = γ(r + 1)·Σ|x|/n</c>. Variance, around a mean that is off by e: <c>γ(r + 4)·(v + e²) + e²</c>. Hence the relative error κ of
/// <c>scale/√(v + ε)</c>, as long as that of v + ε is below ½: then that of its inverse root is no larger. One rounding is for the twin's.
/// </remarks>
internal readonly struct NormalizationBound
{
    private readonly double _mean, _variance, _epsilon, _kappa;

    public NormalizationBound(double[] x, int roundings, double mean, double variance, double epsilon)
    {
        (_mean, _variance, _epsilon) = (mean, variance, epsilon);
        Mean = Tolerance.Gamma(roundings + 2) * x.Average(Math.Abs);
        double square = Mean * Mean;
        Variance = (Tolerance.Gamma(roundings + 5) * (variance + square)) + square;
        double relative = (Variance / (variance + epsilon)) + Tolerance.Unit;
        Xunit.Assert.InRange(relative, 0, 0.5);
        _kappa = ((1 + relative) * (1 + Tolerance.Gamma(5))) - 1;
    }

    /// <summary>Of the mean.</summary>
    public double Mean { get; }

    /// <summary>Of the variance.</summary>
    public double Variance { get; }

    /// <summary>Of <c>1/√(variance + ε)</c>.</summary>
    public double InverseDeviation => _kappa / Math.Sqrt(_variance + _epsilon);

    /// <summary>Of <c>(x - mean)·gamma/√(variance + ε) + beta</c>.</summary>
    public double Output(double x, double gamma, double beta)
    {
        double scale = Math.Abs(gamma) / Math.Sqrt(_variance + _epsilon), deviation = Math.Abs(x - _mean);
        double exact = (scale * Mean * (1 + _kappa)) + (scale * deviation * _kappa);
        return exact + (Tolerance.Gamma(4) * ((scale * (deviation + Mean) * (1 + _kappa)) + Math.Abs(beta)));
    }
}
