namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.DropoutMask"/> computes for one value, in double.</summary>
internal static class DropoutMaskReference
{
    public static double Apply(double x, double probability, PhiloxReference random, long index)
    {
        double threshold = Math.Min(Math.Round(probability * 65536), 65535);
        int bits = threshold % 256 == 0 ? 8 : 16;
        long values = 128 * 32 / bits, draw = (index / values * 128) + (index % 128);
        int digit = (int)random.Bits(draw) << (int)(index % values / 128 * bits) >> (32 - bits); // from -2^(bits - 1) on
        return digit + Math.Pow(2, bits - 1) < threshold * Math.Pow(2, bits - 16) ? 0 : x / (1 - (threshold / 65536));
    }
}
