namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.BatchNormalization"/> computes over [batch, channels, area], in double.</summary>
internal static class BatchNormalizationReference
{
    public static (double[] Y, double[] Mean, double[] Variance) Forward(
        double[] x, double[] gamma, double[] beta, int batch, int channels, int area, double epsilon)
    {
        double[] y = new double[x.Length], means = new double[channels], variances = new double[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            int[] places = Places(channel, batch, channels, area);
            double mean = places.Average(i => x[i]), variance = places.Average(i => (x[i] - mean) * (x[i] - mean));
            foreach (int i in places)
            {
                y[i] = (gamma[channel] * (x[i] - mean) / Math.Sqrt(variance + epsilon)) + beta[channel];
            }

            (means[channel], variances[channel]) = (mean, variance);
        }

        return (y, means, variances);
    }

    public static (double[] DInput, double[] DGamma, double[] DBeta) Backward(
        double[] x, double[] mean, double[] variance, double[] gamma, double[] dOutput, int batch, int channels, int area, double epsilon)
    {
        double[] dInput = new double[x.Length], dGamma = new double[channels], dBeta = new double[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            int[] places = Places(channel, batch, channels, area);
            double center = mean[channel], deviation = Math.Sqrt(variance[channel] + epsilon), n = places.Length;
            dBeta[channel] = places.Sum(i => dOutput[i]);
            dGamma[channel] = places.Sum(i => dOutput[i] * (x[i] - center) / deviation);
            foreach (int i in places)
            {
                double normalized = (x[i] - center) / deviation;
                dInput[i] = gamma[channel] / deviation * (dOutput[i] - (dBeta[channel] / n) - (normalized * dGamma[channel] / n));
            }
        }

        return (dInput, dGamma, dBeta);
    }

    /// <summary>Where the values of a channel lie.</summary>
    public static int[] Places(int channel, int batch, int channels, int area) =>
        [.. from sample in Enumerable.Range(0, batch) from i in Enumerable.Range(0, area) select (((sample * channels) + channel) * area) + i];
}
