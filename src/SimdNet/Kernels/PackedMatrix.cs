using SimdNet.Memory;

namespace SimdNet.Kernels;

/// <summary>
/// The right operand of products to come, laid out once as <see cref="Gemm"/> reads it fastest. Results have the bits of the product
/// without packing. The layout is that of this machine's vector width: it is for memory, not for files.
/// </summary>
public sealed class PackedMatrix
{
    /// <summary>Makes room for a matrix, all zero.</summary>
    /// <param name="rows">k, 0 or more.</param>
    /// <param name="columns">n, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public PackedMatrix(int rows, int columns)
    {
        Guard.NotNegative(rows, nameof(rows));
        Guard.NotNegative(columns, nameof(columns));
        Rows = rows;
        Columns = columns;
        PackedColumns = Gemm.PackedColumns(columns);
        Panels = new AlignedBuffer(checked(rows * PackedColumns));
    }

    /// <summary>Packs a matrix.</summary>
    /// <param name="matrix">[k, n].</param>
    public PackedMatrix(ReadOnlyMatrix matrix)
        : this(matrix.Rows, matrix.Columns) => Pack(matrix);

    /// <summary>k.</summary>
    public int Rows { get; }

    /// <summary>n.</summary>
    public int Columns { get; }

    /// <summary>n with the columns that fill the last panel.</summary>
    internal int PackedColumns { get; }

    /// <summary>For each block of k its panels of columns, each [depth, one (wide) vector].</summary>
    internal AlignedBuffer Panels { get; }

    /// <summary>Packs other values in the same place; allocates nothing.</summary>
    /// <param name="matrix">[k, n].</param>
    /// <exception cref="ArgumentException">The matrix has other sizes.</exception>
    public void Pack(ReadOnlyMatrix matrix)
    {
        Guard.Length(matrix.Rows, Rows, "rows");
        Guard.Length(matrix.Columns, Columns, "columns");
        Gemm.Pack(matrix, this);
    }
}
