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
    public static void NotNegative(long value, string name)
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

    /// <summary>The destination may start where the source starts (in place) or lie apart from it; nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameOrApart(ReadOnlySpan<float> source, ReadOnlySpan<float> destination, string sourceName, string destinationName)
    {
        if (source.Overlaps(destination, out int offset) && offset != 0)
        {
            Throw.Overlap(sourceName, destinationName, offset);
        }
    }
}
