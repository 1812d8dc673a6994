namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.DropoutMask"/> computes for one value, in double.</summary>
internal static class DropoutMaskReference
{
    public static double Apply(double x, double probability, PhiloxReference random, long index)
    {
        double threshold = Math.Min(Math.Round(probability * 65536), 65535);
        uint word = random.Bits((index / 256 * 128) + (index % 128));
        uint half = index % 256 < 128 ? word & 0xFFFF : word >> 16;
        return half < threshold ? 0 : x / (1 - (threshold / 65536));
    }
}
