using System.Runtime.CompilerServices;
using SimdNet.Memory;

namespace SimdNet;

/// <summary>The checks at the door of every public method: tested inline, worded in <see cref="Throw"/>.</summary>
internal static class Guard
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
    public static void Positive(float value, string name)
    {
        if (!(value > 0 && float.IsFinite(value)))
        {
            Throw.NotPositive(name, value);
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

    /// <summary>The destination may start where the source starts (in place) or lie apart from it; nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameOrApart(ReadOnlySpan<float> source, ReadOnlySpan<float> destination, string sourceName, string destinationName)
    {
        if (source.Overlaps(destination, out int offset) && offset != 0)
        {
            Throw.Overlap(sourceName, destinationName, offset);
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

    /// <summary>Every element of a strided matrix must lie inside its data.</summary>
    public static void Matrix(int length, int rows, int columns, int rowStride, int columnStride, string name)
    {
        NotNegative(rows, nameof(rows));
        NotNegative(columns, nameof(columns));
        NotNegative(rowStride, nameof(rowStride));
        NotNegative(columnStride, nameof(columnStride));
        if (rows > 0 && columns > 0 && Extent(rows, columns, rowStride, columnStride) > length)
        {
            Throw.MatrixBeyondData(name, rows, columns, rowStride, columnStride, Extent(rows, columns, rowStride, columnStride), length);
        }
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

    /// <summary>The number of values from the first element of a matrix to just after its last.</summary>
    private static long Extent(int rows, int columns, int rowStride, int columnStride) =>
        ((rows - 1L) * rowStride) + ((columns - 1L) * columnStride) + 1;

    /// <summary>[m, k] · [k, n] → [m, n].</summary>
    public static void Product(int aRows, int aColumns, int bRows, int bColumns, int cRows, int cColumns)
    {
        if (aColumns != bRows || aRows != cRows || bColumns != cColumns)
        {
            Throw.Product(aRows, aColumns, bRows, bColumns, cRows, cColumns);
        }
    }

    /// <summary>
    /// A product must not write where it reads. Windows of one larger matrix lie apart if their columns do, though the memory from first to
    /// last element overlaps.
    /// </summary>
    public static void Apart(ReadOnlyMatrix operand, Matrix result, string name)
    {
        if (operand.Data.Overlaps(result.Data, out int offset) && !ColumnsApart(operand, result, offset))
        {
            Throw.NotApart(name, "c", offset);
        }
    }

    /// <summary>A bias is empty or has a value for each row or column, and is not written.</summary>
    public static void Bias(ReadOnlySpan<float> bias, int expected, Matrix result, string name)
    {
        if (!bias.IsEmpty)
        {
            Length(bias.Length, expected, name);
            Apart(bias, result.Data, name, "c");
        }
    }

    /// <summary>Whether two windows of one row-major matrix, the second <paramref name="offset"/> values after the first, share no column.</summary>
    private static bool ColumnsApart(ReadOnlyMatrix first, Matrix second, int offset)
    {
        int stride = first.RowStride;
        if (stride == 0 || stride != second.RowStride || first.ColumnStride != 1 || second.ColumnStride != 1 || stride < first.Columns)
        {
            return false;
        }

        int column = ((offset % stride) + stride) % stride; // where the second starts, counted from the first's start
        return column >= first.Columns && column + second.Columns <= stride;
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

    /// <summary>Inputs of as many samples as are said; the <paramref name="layer"/> that takes them names itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PerSample(int length, int samples, int expected, object layer, string name)
    {
        if (length != (long)samples * expected)
        {
            Throw.PerSample(layer, name, length, samples, expected);
        }
    }

    /// <summary>Inputs of 1 to <paramref name="most"/> whole samples; gives their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WholeSamples(int length, int most, int expected, object layer, string name)
    {
        int samples = length / expected;
        if (samples < 1 || samples > most || samples * expected != length)
        {
            Throw.NotWholeSamples(layer, name, length, most, expected);
        }

        return samples;
    }

    /// <summary>A sample of one dimension.</summary>
    public static void Vector(Shape shape, string name)
    {
        if (shape.Rank != 1)
        {
            Throw.NotVector(name, shape);
        }
    }
}
