using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>
    /// Lays out a panel of B, <paramref name="depth"/> rows of <paramref name="columns"/> columns, as one (wide) vector a row; columns that
    /// it lacks are zero.
    /// <code>
    /// B    b00 b01 b02 ...      packed    b00 b01 b02 ... | b10 b11 b12 ... | ...
    ///      b10 b11 b12 ...                 one vector
    /// </code>
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void PackColumns<TVector>(Strided b, int depth, int columns, float* packed)
        where TVector : struct, ISimd<TVector>
    {
        if (b.ColumnStride != 1)
        {
            if (columns < TVector.Count)
            {
                new Span<float>(packed, depth * TVector.Count).Clear();
            }

            Transpose(b, depth, columns, packed, TVector.Count);
        }
        else if (columns == TVector.Count)
        {
            for (int k = 0; k < depth; k++)
            {
                TVector.Load(b.At(k, 0)).Store(packed + (k * TVector.Count));
            }
        }
        else
        {
            for (int k = 0; k < depth; k++)
            {
                TVector.LoadPartial(b.At(k, 0), columns).Store(packed + (k * TVector.Count));
            }
        }
    }

    /// <summary>
    /// Lays out a block of A in panels of <see cref="Blocking.PanelRows"/> rows. The last panel may lack rows: they are never read.
    /// <code>
    /// A    a00 a01 ...      packed    a00 a10 a20 ... | a01 a11 a21 ... | ...
    ///      a10 a11 ...                 12 rows
    /// </code>
    /// </summary>
    private static unsafe void PackRows(Strided a, int rows, int depth, float* packed)
    {
        for (int row = 0; row < rows; row += Blocking.PanelRows)
        {
            Transpose(a.From(row, 0).Transposed, depth, Math.Min(Blocking.PanelRows, rows - row), packed + (row * depth), Blocking.PanelRows);
        }
    }

    /// <summary>destination[i·width + j] ← source(i, j), [rows, columns].</summary>
    private static unsafe void Transpose(Strided source, int rows, int columns, float* destination, int width)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                destination[(i * width) + j] = *source.At(i, j);
            }
        }
    }
}
