using SimdNet.Simd;

namespace SimdNet.Tests.Support;

/// <summary>Test data that is the same on every machine.</summary>
internal static class Draws
{
    public static float[] Normal(int count, uint stream, float deviation = 1)
    {
        float[] values = new float[count];
        new Philox(2024, stream).FillNormal(values, deviation: deviation);
        return values;
    }

    public static int[] Labels(int count, int classes, uint stream)
    {
        float[] values = new float[count];
        new Philox(2024, stream).FillUniform(values);
        return Array.ConvertAll(values, value => (int)(value * classes));
    }
}
