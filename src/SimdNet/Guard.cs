using System.Runtime.CompilerServices;

namespace SimdNet;

/// <summary>The checks at the door of every public method: tested inline, worded in <see cref="Throw"/>.</summary>
internal static partial class Guard
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(long value, string name)
    {
        if (value < 0)
        {
            Throw.Negative(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Positive(long value, string name)
    {
        if (value <= 0)
        {
            Throw.NotPositive(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InRange(int value, int lowest, int highest, string name)
    {
        if (value < lowest || value > highest)
        {
            Throw.OutOfRange(name, value, lowest, highest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AtMost(long value, long most, string name)
    {
        if (value > most)
        {
            Throw.TooLarge(name, value, most);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divides(int divisor, int value, string name)
    {
        if (value % divisor != 0)
        {
            Throw.NotDivided(name, value, divisor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Positive(float value, string name)
    {
        if (!(value > 0 && float.IsFinite(value)))
        {
            Throw.NotPositive(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(float value, string name)
    {
        if (!(value >= 0 && float.IsFinite(value)))
        {
            Throw.Negative(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            Throw.Negative(name, value);
        }
    }

    /// <summary>At least 0 and less than 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fraction(float value, string name)
    {
        if (!(value >= 0 && value < 1))
        {
            Throw.NotFraction(name, value);
        }
    }

    /// <summary>No farther from 0 than <paramref name="most"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Within(double value, double most, string name)
    {
        if (!(Math.Abs(value) <= most))
        {
            Throw.NotWithin(name, value, most);
        }
    }

    /// <summary>At least 0 and at most 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Share(float value, string name)
    {
        if (!(value >= 0 && value <= 1))
        {
            Throw.NotShare(name, value);
        }
    }
}
