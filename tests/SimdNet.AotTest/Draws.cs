namespace SimdNet.AotTest;

/// <summary>Test data that is the same on every machine.</summary>
internal static class Draws
{
    /// <summary>Numbers in [-1, 1).</summary>
    public static float[] Of(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
