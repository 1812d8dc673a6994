using System.Diagnostics.CodeAnalysis;

namespace SimdNet;

/// <summary>Every message of the library that a wrong argument can cause; each names both sides with numbers.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Length(string name, int actual, int expected) =>
        throw new ArgumentException($"'{name}' holds {actual} values, expected {expected}.", name);

    [DoesNotReturn]
    public static void Negative(string name, long value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 0 or more.");

    [DoesNotReturn]
    public static void NotPositive(string name, int value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 1 or more.");

    [DoesNotReturn]
    public static void Overlap(string source, string destination, int offset) =>
        throw new ArgumentException(
            $"'{destination}' starts {offset} values after '{source}' and overlaps it: expected the same start (in place) or no overlap.",
            destination);
}
