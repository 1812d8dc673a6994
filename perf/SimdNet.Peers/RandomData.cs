using SimdNet.Memory;

namespace SimdNet.Peers;

/// <summary>Data that is the same in every run.</summary>
internal static class RandomData
{
    /// <summary>Numbers in [low, high).</summary>
    public static AlignedBuffer Floats(int length, int seed, float low = -0.5f, float high = 0.5f)
    {
        AlignedBuffer buffer = new(length);
        Random random = new(seed);
        foreach (ref float value in buffer.Span)
        {
            value = low + ((high - low) * random.NextSingle());
        }

        return buffer;
    }

    /// <summary>Labels from 0 to classes - 1.</summary>
    public static int[] Labels(int length, int classes, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(classes))];
    }
}
