namespace SimdNet.Tests.Support;

/// <summary>Bounds on the error of float arithmetic, computed from the number of operations: no tolerance is typed in.</summary>
internal static class Tolerance
{
    /// <summary>The unit roundoff of float: 2⁻²⁴.</summary>
    public const double Unit = 1.0 / (1 << 24);

    /// <summary><c>γ(k) = k·u/(1 - k·u)</c>: the relative error of k roundings in a row (Higham, lemma 3.1).</summary>
    public static double Gamma(int roundings) => roundings * Unit / (1 - (roundings * Unit));

    /// <summary>How many floats lie from one to the other; 0 for two NaN.</summary>
    public static long UnitsInTheLastPlace(float a, float b)
    {
        return float.IsNaN(a) || float.IsNaN(b) ? (float.IsNaN(a) && float.IsNaN(b) ? 0 : long.MaxValue) : Math.Abs(Rank(a) - Rank(b));

        static long Rank(float value)
        {
            int bits = BitConverter.SingleToInt32Bits(value);
            return bits < 0 ? int.MinValue - (long)bits : bits;
        }
    }
}
