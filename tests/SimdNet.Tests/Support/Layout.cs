namespace SimdNet.Tests.Support;

/// <summary>How a matrix lies in memory.</summary>
public enum Layout
{
    RowMajor,
    ColumnMajor,

    /// <summary>Row-major with a gap after each row: a window of a wider matrix.</summary>
    PaddedRows,

    /// <summary>Column-major with a gap after each column.</summary>
    PaddedColumns,

    /// <summary>A gap after each value and each row.</summary>
    Spread,

    /// <summary>A gap after each value and each column.</summary>
    SpreadColumns,
}

internal static class Layouts
{
    public static readonly Layout[] All = Enum.GetValues<Layout>();

    public static (int Row, int Column) Strides(this Layout layout, int rows, int columns) => layout switch
    {
        Layout.RowMajor => (columns, 1),
        Layout.ColumnMajor => (1, rows),
        Layout.PaddedRows => (columns + 3, 1),
        Layout.PaddedColumns => (1, rows + 5),
        Layout.Spread => ((3 * columns) + 1, 3),
        _ => (2, (2 * rows) + 3),
    };

    /// <summary>The number of values from the first to just after the last.</summary>
    public static int Extent(this Layout layout, int rows, int columns)
    {
        (int row, int column) = layout.Strides(rows, columns);
        return rows == 0 || columns == 0 ? 0 : ((rows - 1) * row) + ((columns - 1) * column) + 1;
    }
}
