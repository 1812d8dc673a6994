using System.Diagnostics.CodeAnalysis;

namespace SimdNet;

/// <summary>Every message of the library that a wrong argument can cause; each names both sides with numbers.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Length(string name, int actual, int expected) =>
        throw new ArgumentException($"'{name}' holds {actual} values, expected {expected}.", name);

    [DoesNotReturn]
    public static void Negative(string name, int value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 0 or more.");

    [DoesNotReturn]
    public static void NotPositive(string name, int value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 1 or more.");

    [DoesNotReturn]
    public static void OutOfRange(string name, int value, int lowest, int highest) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected {lowest} to {highest}.");

    [DoesNotReturn]
    public static void Overlap(string source, string destination, int offset) =>
        throw new ArgumentException(
            $"'{destination}' starts {offset} values after '{source}' and overlaps it: expected the same start (in place) or no overlap.",
            destination);

    [DoesNotReturn]
    public static void MatrixBeyondData(
        string name, int rows, int columns, int rowStride, int columnStride, long extent, int length) =>
        throw new ArgumentException(
            $"A {rows} × {columns} matrix of strides ({rowStride}, {columnStride}) reaches over {extent} values, but '{name}' holds {length}.",
            name);

    [DoesNotReturn]
    public static void SharedPlaces(string name, int rows, int columns, int rowStride, int columnStride) =>
        throw new ArgumentException(
            $"Elements of a {rows} × {columns} matrix of strides ({rowStride}, {columnStride}) in '{name}' share a place: " +
            $"expected a row stride over {(columns - 1L) * columnStride} or a column stride over {(rows - 1L) * rowStride}.",
            name);
}
