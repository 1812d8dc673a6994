using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>n with the columns that fill the last panel to a whole vector.</summary>
    internal static int PackedColumns(int columns)
    {
        int lanes = SimdWidth.Bits / 32;
        return checked((columns + lanes - 1) / lanes * lanes);
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
            Transpose(source, depth, columns, width, packed);
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
            CopyRows<TSimd>(a.Transposed, depth, rows, Blocking.CompactRowStride, compact);
            return new(compact, 1, Blocking.CompactRowStride);
        }

        if (a.ColumnStride == 1)
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
    /// Rows that lie down in memory are stood up four by four. A strip of 16 rows of the panel is finished before the next, so that each
    /// cache line of the source is read once and the strip written (4 KiB) stays in L1.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Transpose(Strided source, int depth, int columns, int width, float* packed)
    {
        const int Strip = 16;
        int deep = depth / 4 * 4, wide = columns / 4 * 4;
        for (int strip = 0; strip < deep; strip += Strip)
        {
            for (int j = 0; j < wide; j += 4)
            {
                float* column = source.At(0, j);
                for (int k = strip; k < Math.Min(strip + Strip, deep); k += 4)
                {
                    Transpose4x4(column + k, source.ColumnStride, packed + (k * width) + j, width);
                }
            }
        }

        CopyElements(source, deep, depth, 0, columns, width, packed);
        CopyElements(source, 0, deep, wide, columns, width, packed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Transpose4x4(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourceStride);
        Vector128<float> c = Vector128.Load(source + (2 * sourceStride)), d = Vector128.Load(source + (3 * sourceStride));
        (Vector128<float> ac0, Vector128<float> ac1) = Interleave(a, c); // a0 c0 a1 c1, a2 c2 a3 c3
        (Vector128<float> bd0, Vector128<float> bd1) = Interleave(b, d);
        (a, b) = Interleave(ac0, bd0); // a0 b0 c0 d0, a1 b1 c1 d1
        (c, d) = Interleave(ac1, bd1);
        a.Store(destination);
        b.Store(destination + destinationStride);
        c.Store(destination + (2 * destinationStride));
        d.Store(destination + (3 * destinationStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? (Sse.UnpackLow(x, y), Sse.UnpackHigh(x, y))
        : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.ZipLow(x, y), AdvSimd.Arm64.ZipHigh(x, y))
        : (Vector128.Create(x[0], y[0], x[1], y[1]), Vector128.Create(x[2], y[2], x[3], y[3]));

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
