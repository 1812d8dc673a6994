using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>n with the columns that fill the last panel to a whole vector.</summary>
    internal static int PackedColumns(int columns) => checked((columns + SimdWidth.Lanes - 1) / SimdWidth.Lanes * SimdWidth.Lanes);

    /// <summary>Lays out a whole B: for each block of k its panels, one after the other.</summary>
    internal static unsafe void Pack(ReadOnlyMatrix matrix, PackedMatrix packed)
    {
        fixed (float* data = matrix.Data)
        {
            PackKernel kernel = new(new(data, matrix.RowStride, matrix.ColumnStride), matrix.Rows, matrix.Columns, packed.Panels.Pointer);
            SimdWidth.Invoke(ref kernel);
        }
    }

    private readonly unsafe struct PackKernel(Strided b, int rows, int columns, float* packed) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float* panel = packed;
            for (int k = 0; k < rows; k += Blocking.Kc)
            {
                int width, depth = Math.Min(Blocking.Kc, rows - k);
                for (int column = 0; column < columns; column += width)
                {
                    width = Blocking.PanelWidth<TSimd>(columns - column);
                    PackPanel<TSimd>(b.From(k, column), depth, Math.Min(width, columns - column), width, panel);
                    panel += depth * width;
                }
            }
        }
    }

    /// <summary>
    /// Lays out a panel of B as rows of one (wide) vector without a gap. What the last panel lacks in columns is never read.
    /// <code>
    /// b00 b01 b02 ...             b00 b01 b02 ... b10 b11 b12 ... b20 ...
    /// b10 b11 b12 ...      →      ╰── width ────╯
    /// </code>
    /// </summary>
    private static unsafe void PackPanel<TSimd>(Strided b, int depth, int columns, int width, float* packed)
        where TSimd : struct, ISimd<TSimd> => Copy<TSimd>(b, depth, columns, packed, width);

    /// <summary>
    /// Copies a block of A to unbroken rows, whose distance neither shares cache sets nor leaves a page behind each. The micro-kernel broadcasts
    /// single values, so it needs no other order.
    /// </summary>
    private static unsafe Strided Compact<TSimd>(Strided a, int rows, int depth, float* compact)
        where TSimd : struct, ISimd<TSimd>
    {
        Copy<TSimd>(a, rows, depth, compact, Blocking.CompactStride);
        return new(compact, Blocking.CompactStride, 1);
    }

    /// <summary><c>destination[i·stride + j] ← source(i, j)</c>, whichever way the source lies.</summary>
    internal static unsafe void Copy<TSimd>(Strided source, int rows, int columns, float* destination, int stride)
        where TSimd : struct, ISimd<TSimd>
    {
        if (source.ColumnStride == 1)
        {
            CopyRows<TSimd>(source, rows, columns, destination, stride);
        }
        else if (source.RowStride == 1)
        {
            CopyColumns<TSimd>(source, rows, columns, destination, stride);
        }
        else
        {
            CopyElements(source, 0, rows, 0, columns, destination, stride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void CopyRows<TSimd>(Strided source, int rows, int columns, float* destination, int stride)
        where TSimd : struct, ISimd<TSimd>
    {
        float* row = source.Data;
        for (int i = 0; i < rows; i++)
        {
            int j = 0;
            for (; j <= columns - TSimd.Count; j += TSimd.Count)
            {
                TSimd.Load(row + j).Store(destination + j);
            }

            if (j < columns)
            {
                TSimd.LoadPartial(row + j, columns - j).StorePartial(destination + j, columns - j);
            }

            row += source.RowStride;
            destination += stride;
        }
    }

    /// <summary>
    /// Columns that are unbroken in memory are stood beside each other, a vector of them at a time and four values deep; each line of the
    /// destination is written once. Measured at 512 × 512: four by four in 128-bit vectors took three times as long.
    /// </summary>
    /// <remarks>
    /// Columns as short as those of a block of A end before the hardware foresees their next line, so all lines are asked for at once: a quarter
    /// less time, 1 % of a TN product at 1024³. Asking one vector of columns earlier, or copying the lines side by side first, was slower. Left
    /// as it lies, k by k, A was copied as fast, and read 2 % slower.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void CopyColumns<TSimd>(Strided source, int rows, int columns, float* destination, int stride)
        where TSimd : struct, ISimd<TSimd>
    {
        int wholeRows = rows / 4 * 4, wholeColumns = columns / TSimd.Count * TSimd.Count;
        for (int j = 0; j < wholeColumns; j += TSimd.Count)
        {
            float* column = source.At(0, j);
            float* block = destination + j;
            if (rows <= Blocking.Mc)
            {
                Prefetch(source.From(0, j).Transposed, TSimd.Count, wholeRows);
            }

            for (int i = 0; i < wholeRows; i += 4)
            {
                (TSimd a, TSimd b, TSimd c, TSimd d) = TSimd.LoadColumns(column + i, source.ColumnStride);
                a.Store(block);
                b.Store(block + stride);
                c.Store(block + (2 * stride));
                d.Store(block + (3 * stride));
                block += 4 * stride;
            }
        }

        CopyElements(source, wholeRows, rows, 0, wholeColumns, destination, stride);
        CopyElements(source, 0, rows, wholeColumns, columns, destination, stride);
    }

    private static unsafe void CopyElements(
        Strided source, int fromRow, int toRow, int fromColumn, int toColumn, float* destination, int stride)
    {
        for (int i = fromRow; i < toRow; i++)
        {
            for (int j = fromColumn; j < toColumn; j++)
            {
                destination[(i * stride) + j] = *source.At(i, j);
            }
        }
    }
}
