using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>n with the columns that fill the last panel to a whole vector.</summary>
    internal static int PackedColumns(int columns)
    {
        return checked((columns + SimdWidth.Lanes - 1) / SimdWidth.Lanes * SimdWidth.Lanes);
    }

    internal static unsafe void Pack(ReadOnlyMatrix matrix, PackedMatrix packed)
    {
        fixed (float* data = matrix.Data)
        {
            PackAll pack = new() { B = new(data, matrix.RowStride, matrix.ColumnStride), Rows = matrix.Rows, Columns = matrix.Columns, Packed = packed.Panels.Pointer };
            SimdWidth.Invoke(ref pack);
        }
    }

    private unsafe struct PackAll : ISimdKernel
    {
        public Strided B;
        public int Rows, Columns;
        public float* Packed;

        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float* panel = Packed;
            for (int k = 0; k < Rows; k += Blocking.Kc)
            {
                int depth = Math.Min(Blocking.Kc, Rows - k);
                int columns;
                for (int column = 0; column < Columns; column += columns)
                {
                    int width = Blocking.PanelWidth<TSimd>(Columns - column);
                    columns = Math.Min(width, Columns - column);
                    PackPanel<TSimd>(B.From(k, column), depth, columns, width, panel);
                    panel += depth * width;
                }
            }
        }
    }

    /// <summary>
    /// Lays out a panel, <paramref name="depth"/> rows of <paramref name="columns"/> columns, as rows of <paramref name="width"/> values without a
    /// gap; columns that it lacks are zero.
    /// <code>
    /// b00 b01 b02 ...             b00 b01 b02 ... b10 b11 b12 ... b20 ...
    /// b10 b11 b12 ...      →      ╰── width ────╯
    /// </code>
    /// </summary>
    private static unsafe void PackPanel<TSimd>(Strided source, int depth, int columns, int width, float* packed)
        where TSimd : struct, ISimd<TSimd>
    {
        if (columns < width)
        {
            new Span<float>(packed, depth * width).Clear();
        }

        if (source.ColumnStride == 1)
        {
            CopyRows<TSimd>(source, depth, columns, width, packed);
        }
        else if (source.RowStride == 1)
        {
            Transpose<TSimd>(source, depth, columns, width, packed);
        }
        else
        {
            CopyElements(source, 0, depth, 0, columns, width, packed);
        }
    }

    /// <summary>
    /// Copies a block of A as it lies, rows or columns unbroken, to strides that neither share cache sets nor leave a page behind each: the
    /// micro-kernel broadcasts single values, so it needs no other order.
    /// </summary>
    private static unsafe Strided Compact<TSimd>(Strided a, int rows, int depth, float* compact)
        where TSimd : struct, ISimd<TSimd>
    {
        if (a.RowStride == 1)
        {
            Transpose<TSimd>(a, rows, depth, Blocking.CompactColumnStride, compact);
        }
        else if (a.ColumnStride == 1)
        {
            CopyRows<TSimd>(a, rows, depth, Blocking.CompactColumnStride, compact);
        }
        else
        {
            CopyElements(a, 0, rows, 0, depth, Blocking.CompactColumnStride, compact);
        }

        return new(compact, Blocking.CompactColumnStride, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void CopyRows<TSimd>(Strided source, int depth, int columns, int width, float* packed)
        where TSimd : struct, ISimd<TSimd>
    {
        float* row = source.Data;
        for (int k = 0; k < depth; k++)
        {
            int j = 0;
            for (; j <= columns - TSimd.Count; j += TSimd.Count)
            {
                TSimd.Load(row + j).Store(packed + j);
            }

            for (; j <= columns - 4; j += 4)
            {
                Vector128.Store(Vector128.Load(row + j), packed + j);
            }

            for (; j < columns; j++)
            {
                packed[j] = row[j];
            }

            row += source.RowStride;
            packed += width;
        }
    }

    /// <summary>
    /// Rows that lie down in memory are stood up, a vector of them at a time and four values deep; each line of the panel is written once.
    /// Measured at 512 × 512: four by four in 128-bit vectors took three times as long.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Transpose<TSimd>(Strided source, int depth, int columns, int width, float* packed)
        where TSimd : struct, ISimd<TSimd>
    {
        int deep = depth / 4 * 4, wide = columns / TSimd.Count * TSimd.Count;
        for (int j = 0; j < wide; j += TSimd.Count)
        {
            float* column = source.At(0, j);
            float* destination = packed + j;
            for (int k = 0; k < deep; k += 4)
            {
                (TSimd a, TSimd b, TSimd c, TSimd d) = TSimd.LoadColumns(column + k, source.ColumnStride);
                a.Store(destination);
                b.Store(destination + width);
                c.Store(destination + (2 * width));
                d.Store(destination + (3 * width));
                destination += 4 * width;
            }
        }

        CopyElements(source, deep, depth, 0, columns, width, packed);
        CopyElements(source, 0, deep, wide, columns, width, packed);
    }

    private static unsafe void CopyElements(Strided source, int fromRow, int toRow, int fromColumn, int toColumn, int width, float* packed)
    {
        for (int k = fromRow; k < toRow; k++)
        {
            for (int j = fromColumn; j < toColumn; j++)
            {
                packed[(k * width) + j] = *source.At(k, j);
            }
        }
    }
}
