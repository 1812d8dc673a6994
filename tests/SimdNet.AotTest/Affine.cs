namespace SimdNet.AotTest;

/// <summary><c>y = x·Wᵀ + b</c> in double, by plain loops.</summary>
internal static class Affine
{
    /// <param name="x">[samples, inputs].</param>
    /// <param name="weight">[units, inputs].</param>
    /// <param name="bias">[units].</param>
    /// <returns>[samples, units].</returns>
    public static double[] Forward(double[] x, double[] weight, double[] bias)
    {
        int units = bias.Length, inputs = weight.Length / units, samples = x.Length / inputs;
        double[] y = new double[samples * units];
        for (int sample = 0; sample < samples; sample++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                double sum = bias[unit];
                for (int k = 0; k < inputs; k++)
                {
                    sum += x[(sample * inputs) + k] * weight[(unit * inputs) + k];
                }

                y[(sample * units) + unit] = sum;
            }
        }

        return y;
    }

    public static double[] ReLU(double[] x) => Array.ConvertAll(x, value => Math.Max(0, value));

    public static double[] Magnitudes(double[] x) => Array.ConvertAll(x, Math.Abs);

    public static double[] Widen(ReadOnlySpan<float> x) => Array.ConvertAll(x.ToArray(), value => (double)value);
}
