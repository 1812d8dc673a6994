namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Simd.Loops"/> computes, one number after the other.</summary>
internal static class LoopsReference
{
    public static double Sum(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
        {
            sum += value;
        }

        return sum;
    }

    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    /// <summary>The order of the numerics contract in float, lane by lane: the bits that every width must give.</summary>
    public static float Fold(float identity, Func<float, float, float> combine, Func<float, float, float> merge, ReadOnlySpan<float> x)
    {
        Span<float> lanes = stackalloc float[32];
        lanes.Fill(identity);
        for (int i = 0; i < x.Length; i++)
        {
            lanes[i % 32] = combine(lanes[i % 32], x[i]);
        }

        for (int half = 16; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                lanes[lane] = merge(lanes[lane], lanes[lane + half]);
            }
        }

        return lanes[0];
    }
}
