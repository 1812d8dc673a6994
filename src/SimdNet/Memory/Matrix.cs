namespace SimdNet.Memory;

/// <summary>A matrix that is written: a <see cref="ReadOnlyMatrix"/> whose elements are all different places.</summary>
public readonly ref struct Matrix
{
    /// <summary>A view of any strides.</summary>
    /// <param name="data">The values; its end bounds every element.</param>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="columns">The number of columns, 0 or more.</param>
    /// <param name="rowStride">Values from a row to the next.</param>
    /// <param name="columnStride">Values from a column to the next.</param>
    /// <exception cref="ArgumentException">
    /// A size or stride is negative, an element lies beyond the end of <paramref name="data"/>, or two elements share a place.
    /// </exception>
    public Matrix(Span<float> data, int rows, int columns, int rowStride, int columnStride = 1)
    {
        int extent = Guard.Matrix(data.Length, rows, columns, rowStride, columnStride, nameof(data));
        Guard.Distinct(rows, columns, rowStride, columnStride, nameof(data));
        Data = data[..extent];
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
        ColumnStride = columnStride;
    }

    /// <summary>A dense row-major matrix: <c>data</c> holds exactly rows·columns values.</summary>
    /// <param name="data">[rows, columns].</param>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="columns">The number of columns, 0 or more.</param>
    /// <exception cref="ArgumentException">A size is negative or <paramref name="data"/> has another length.</exception>
    public Matrix(Span<float> data, int rows, int columns)
        : this(data, rows, columns, columns) => Guard.Length(data.Length, rows * columns, nameof(data));

    private Matrix(Matrix other)
    {
        Data = other.Data;
        Rows = other.Columns;
        Columns = other.Rows;
        RowStride = other.ColumnStride;
        ColumnStride = other.RowStride;
    }

    /// <summary>The values from the first element to the last.</summary>
    public Span<float> Data { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>Values from a row to the next.</summary>
    public int RowStride { get; }

    /// <summary>Values from a column to the next.</summary>
    public int ColumnStride { get; }

    /// <summary>The same places with rows and columns exchanged.</summary>
    public Matrix Transposed => new(this);

    /// <summary>Element (row, column).</summary>
    /// <exception cref="IndexOutOfRangeException">The element lies outside <see cref="Data"/>.</exception>
    public ref float this[int row, int column] => ref Data[(row * RowStride) + (column * ColumnStride)];

    /// <summary>The same matrix, to be read.</summary>
    public static implicit operator ReadOnlyMatrix(Matrix matrix) =>
        new(matrix.Data, matrix.Rows, matrix.Columns, matrix.RowStride, matrix.ColumnStride);
}
