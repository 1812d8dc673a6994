using SimdNet.Memory;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>[m, k] · [k, n] → [m, n].</summary>
    private static void CheckSizes(int aRows, int aColumns, int bRows, int bColumns, int cRows, int cColumns)
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
    private static void CheckApart(ReadOnlyMatrix operand, Matrix result, string name)
    {
        if (operand.Data.Overlaps(result.Data, out int offset) && !ColumnsApart(operand, result, offset))
        {
            Throw.NotApart(name, "c", offset);
        }
    }

    /// <summary>A bias is empty or has a value for each row or column, and is not written.</summary>
    private static void CheckBias(ReadOnlySpan<float> bias, int expected, Matrix result, string name)
    {
        if (!bias.IsEmpty)
        {
            Guard.Length(bias.Length, expected, name);
            Guard.Apart(bias, result.Data, name, "c");
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
}
