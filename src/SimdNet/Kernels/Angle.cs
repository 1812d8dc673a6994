namespace SimdNet.Kernels;

/// <summary>Sine and cosine by exact IEEE operations alone: the bits of Math.Sin are those of the machine's C library.</summary>
internal static class Angle
{
    /// <summary>Ten turns: as far as the quarter that an angle lies in is found without a rounding.</summary>
    public const double MaxDegrees = 3600;

    /// <summary>
    /// Within 2⁻⁵¹ of the exact values; exact at quarter turns. Of an angle of at most an eighth turn from a quarter, by Taylor's series
    /// <c>sin θ = θ(1 - θ²/(2·3)(1 - θ²/(4·5)(…))); cos θ = 1 - θ²/(1·2)(1 - θ²/(3·4)(…))</c>, up to θ¹⁹ and θ¹⁸: the rest is below 2⁻⁶⁰.
    /// </summary>
    public static (double Sine, double Cosine) SineCosine(double degrees)
    {
        double quarter = Math.Round(degrees / 90);
        double angle = (degrees - (90 * quarter)) * (Math.PI / 180), square = angle * angle;
        double sine = 1, cosine = 1;
        for (int n = 18; n > 0; n -= 2)
        {
            sine = 1 - (square * sine / (n * (n + 1)));
            cosine = 1 - (square * cosine / ((n - 1) * n));
        }

        sine *= angle;
        return ((int)quarter & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}
