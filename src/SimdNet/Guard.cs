using System.Runtime.CompilerServices;

namespace SimdNet;

/// <summary>The checks at the door of every public method: tested inline, worded in <see cref="Throw"/>.</summary>
internal static class Guard
{
    /// <summary>Lengths must be exactly equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int actual, int expected, string name)
    {
        if (actual != expected)
        {
            Throw.Length(name, actual, expected);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(int value, string name)
    {
        if (value < 0)
        {
            Throw.Negative(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Positive(int value, string name)
    {
        if (value <= 0)
        {
            Throw.NotPositive(name, value);
        }
    }

    public static void AtMost(int value, int most, string name)
    {
        if (value > most)
        {
            Throw.TooLarge(name, value, most);
        }
    }

    /// <summary>The destination may start where the source starts (in place) or lie apart from it; nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameOrApart(ReadOnlySpan<float> source, ReadOnlySpan<float> destination, string sourceName, string destinationName)
    {
        if (source.Overlaps(destination, out int offset) && offset != 0)
        {
            Throw.Overlap(sourceName, destinationName, offset);
        }
    }

    /// <summary>Every label names one of the classes.</summary>
    public static void Labels(ReadOnlySpan<int> labels, int classes, string name)
    {
        int index = labels.IndexOfAnyExceptInRange(0, classes - 1);
        if (index >= 0)
        {
            Throw.Label(name, index, labels[index], classes);
        }
    }

    /// <summary>As many samples of inputs as there are labels; the product of a sample's dimensions may be anything.</summary>
    public static void SampleCount(int length, int samples, Int128 features, string name)
    {
        if (length != samples * features)
        {
            Throw.SampleCount(name, length, samples, features);
        }
    }
}
