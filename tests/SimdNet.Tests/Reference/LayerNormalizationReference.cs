namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.LayerNormalization"/> computes for one row, in double.</summary>
internal static class LayerNormalizationReference
{
    public static (double[] Y, double Mean, double Variance) Forward(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        double mean = x.Average(), variance = x.Average(value => (value - mean) * (value - mean));
        double[] y = [.. x.Select((value, i) => (gamma[i] * (value - mean) / Math.Sqrt(variance + epsilon)) + beta[i])];
        return (y, mean, variance);
    }

    /// <summary>The gradients of this row alone: those of γ and β are still to be added up.</summary>
    public static (double[] DInput, double[] DGamma, double[] DBeta) Backward(
        double[] x, double mean, double inverseDeviation, double[] gamma, double[] dOutput)
    {
        double[] normalized = [.. x.Select(value => (value - mean) * inverseDeviation)];
        double[] g = [.. dOutput.Zip(gamma, (gradient, scale) => gradient * scale)];
        double meanOfG = g.Average(), meanOfProducts = g.Zip(normalized, (a, b) => a * b).Average();
        return (
            [.. g.Select((value, i) => inverseDeviation * (value - meanOfG - (normalized[i] * meanOfProducts)))],
            [.. dOutput.Zip(normalized, (gradient, value) => gradient * value)],
            [.. dOutput]);
    }
}
