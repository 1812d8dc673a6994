namespace SimdNet.Peers;

/// <summary>What many measurements say together.</summary>
internal static class Samples
{
    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
