namespace SimdNet.Kernels;

/// <summary>What System.Math lacks, in double: the twins of activations need it, and nothing that has to be fast.</summary>
internal static class DoubleMath
{
    /// <summary><c>1/(1 + e⁻ˣ)</c></summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary><c>eˣ - 1</c>, accurate near 0: the error of e = exp(x) cancels in (e - 1)/ln e.</summary>
    /// <remarks>Kahan; in Higham, Accuracy and stability of numerical algorithms (2002), section 1.14.1.</remarks>
    public static double Expm1(double x)
    {
        double e = Math.Exp(x);
        return e == 1 ? x : Math.Abs(x) > 1 ? e - 1 : (e - 1) * x / Math.Log(e);
    }

    /// <summary><c>ln(1 + x)</c>, accurate near 0: the error of s = 1 + x cancels in (ln s)/(s - 1).</summary>
    /// <inheritdoc cref="Expm1" path="/remarks"/>
    public static double Log1p(double x)
    {
        double s = 1 + x;
        return s == 1 ? x : Math.Log(s) * (x / (s - 1));
    }

    /// <summary><c>2/√π·∫₀ˣ exp(-t²) dt</c>, to about 10⁻¹⁵ of itself.</summary>
    /// <remarks>Abramowitz and Stegun (1964), 7.1.6, a series of positive terms, and 7.1.14, a continued fraction.</remarks>
    public static double Erf(double x) => Math.Abs(x) switch
    {
        < 3 => Series(x),
        < 6 => Math.CopySign(1 - Complement(Math.Abs(x)), x),
        >= 6 => Math.CopySign(1, x),
        _ => x,
    };

    /// <summary><c>erf x = 2/√π·exp(-x²)·Σ 2ⁿx²ⁿ⁺¹/(1·3·…·(2n + 1))</c>.</summary>
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary><c>erfc x = exp(-x²)/√π·1/(x + ½/(x + 1/(x + (3/2)/(x + …))))</c>, from the inside out.</summary>
    private static double Complement(double x)
    {
        double fraction = x;
        for (int n = 60; n > 0; n--)
        {
            fraction = x + (n / 2.0 / fraction);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
