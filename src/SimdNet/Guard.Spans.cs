using System.Runtime.CompilerServices;

namespace SimdNet;

/// <content>Lengths, overlaps and strides.</content>
internal static partial class Guard
{
    /// <summary>Lengths must be exactly equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int actual, long expected, string name)
    {
        if (actual != expected)
        {
            Throw.Length(name, actual, expected);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiple(int length, long of, string name)
    {
        if (length % of != 0)
        {
            Throw.NotMultiple(name, length, of);
        }
    }

    /// <summary>Every index is 0 or more.</summary>
    public static void NoneNegative(ReadOnlySpan<int> values, string name)
    {
        int index = values.IndexOfAnyExceptInRange(0, int.MaxValue);
        if (index >= 0)
        {
            Throw.Negative($"{name}[{index}]", values[index]);
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

    /// <summary>A matrix of rows of <paramref name="columns"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WholeRows(int length, int columns, string name)
    {
        Positive(columns, nameof(columns));
        if (length % columns != 0)
        {
            Throw.NotWholeRows(name, length, columns);
        }
    }

    /// <summary>A dense matrix fills its data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Matrix(int length, int rows, int columns, string name)
    {
        if ((long)rows * columns != length)
        {
            Throw.Matrix(name, length, rows, columns);
        }
    }

    /// <summary>No value may be in both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apart(ReadOnlySpan<float> source, ReadOnlySpan<float> destination, string sourceName, string destinationName)
    {
        if (source.Overlaps(destination, out int offset))
        {
            Throw.NotApart(sourceName, destinationName, offset);
        }
    }

    /// <summary>What is written may have no value in common with any of these.</summary>
    public static void ApartFromAll(
        ReadOnlySpan<float> result, string name,
        ReadOnlySpan<float> a, ReadOnlySpan<float> b,
        ReadOnlySpan<float> c = default, ReadOnlySpan<float> d = default, ReadOnlySpan<float> e = default, ReadOnlySpan<float> f = default,
        [CallerArgumentExpression(nameof(a))] string aName = "", [CallerArgumentExpression(nameof(b))] string bName = "",
        [CallerArgumentExpression(nameof(c))] string cName = "", [CallerArgumentExpression(nameof(d))] string dName = "",
        [CallerArgumentExpression(nameof(e))] string eName = "", [CallerArgumentExpression(nameof(f))] string fName = "")
    {
        Apart(a, result, aName, name);
        Apart(b, result, bName, name);
        Apart(c, result, cName, name);
        Apart(d, result, dName, name);
        Apart(e, result, eName, name);
        Apart(f, result, fName, name);
    }

    /// <summary>Every element of a strided matrix must lie inside its data; gives the length from its first to just after its last.</summary>
    public static int Matrix(int length, int rows, int columns, int rowStride, int columnStride, string name)
    {
        NotNegative(rows, nameof(rows));
        NotNegative(columns, nameof(columns));
        NotNegative(rowStride, nameof(rowStride));
        NotNegative(columnStride, nameof(columnStride));
        long extent = rows == 0 || columns == 0 ? 0 : ((rows - 1L) * rowStride) + ((columns - 1L) * columnStride) + 1;
        if (extent > length)
        {
            Throw.MatrixBeyondData(name, rows, columns, rowStride, columnStride, extent, length);
        }

        return (int)extent;
    }

    /// <summary>
    /// No two elements of a matrix that is written may share a place. One stride must step over the whole extent of the other axis:
    /// what every matrix, transpose and window of one does.
    /// </summary>
    public static void Distinct(int rows, int columns, int rowStride, int columnStride, string name)
    {
        bool rowsStepOver = rows <= 1 || rowStride > (columns - 1L) * columnStride;
        bool columnsStepOver = columns <= 1 || columnStride > (rows - 1L) * rowStride;
        bool distinct = (rowsStepOver && (columns <= 1 || columnStride > 0)) || (columnsStepOver && (rows <= 1 || rowStride > 0));
        if (!distinct && rows > 0 && columns > 0)
        {
            Throw.SharedPlaces(name, rows, columns, rowStride, columnStride);
        }
    }
}
