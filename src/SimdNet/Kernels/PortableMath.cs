namespace SimdNet.Kernels;

/// <summary>Functions of one number that have the same bits on every machine: those of Math are its C library's.</summary>
internal static class PortableMath
{
    /// <summary><c>bⁿ</c> for n ≥ 0 and 0 ≤ b ≤ 1, by squaring; 0 where it is below 10⁻¹⁰⁰, before products become denormal.</summary>
    /// <remarks>No branch on the bits of n: at each step of training others change, and a wrong guess costs more than a product.</remarks>
    public static double Power(double b, long n)
    {
        long one = BitConverter.DoubleToInt64Bits(1);
        double power = 1;
        for (; n > 0; n >>= 1, b *= b)
        {
            if (b < 1e-100)
            {
                return 0; // the highest bit of n is still to come
            }

            long isSet = -(n & 1);
            power *= BitConverter.Int64BitsToDouble((BitConverter.DoubleToInt64Bits(b) & isSet) | (one & ~isSet));
        }

        return power;
    }

    /// <summary><c>cos πx</c> for 0 ≤ x ≤ 1, to a few units in the last place of 1; exact for 0, ½ and 1.</summary>
    public static double CosPi(double x) => Angle.SineCosine(180 * x).Cosine;
}
