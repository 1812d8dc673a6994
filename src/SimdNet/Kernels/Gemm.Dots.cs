using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Rows of one tile times columns that lie unbroken in memory, which are not packed.</content>
public static partial class Gemm
{
    /// <summary>Of columns so far apart, 2 KiB, more than a vector do not fit the cache sets that they share.</summary>
    private const int SharingStride = 512;

    /// <summary>Does some vectors of columns of a product of one tile's rows, and says how many columns they were.</summary>
    private static unsafe int Dots<TSimd, TActivation>(
        ref readonly Product<TActivation> product, ref readonly Block<TActivation> block, int column)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int row = block.Row, rows = block.RowEnd - row, standing = block.Depth % 4;
        bool several = rows == 1 && block.ColumnEnd - column >= 4 * TSimd.Count && product.B.ColumnStride % SharingStride != 0;
        int columns = several ? 4 * TSimd.Count : TSimd.Count;
        bool direct = block.Epilogue.IsStore && product.C.ColumnStride == 1;
        Strided b = product.B.From(block.K, column), c = product.C.From(row, column);
        Tile tile = default;
        tile.K = block.Depth;
        tile.A = block.A.Data;
        tile.ARowStride = block.A.RowStride;
        tile.AStep = block.A.ColumnStride;
        tile.B = b.Data;
        tile.BStep = b.ColumnStride;
        tile.Tail = block.PackedB;
        tile.C = direct ? c.Data : block.Strip;
        tile.CRowStride = direct ? c.RowStride : columns;
        CopyElements(b.From(block.Depth - standing, 0), 0, standing, 0, columns, tile.Tail, columns);
        if (several)
        {
            DotKernel<TSimd>(in tile);
        }
        else
        {
            MicroKernel<TSimd>(rows, in tile);
        }

        if (!direct)
        {
            block.Epilogue.Apply<TSimd>(new Strided(tile.C, columns, 1), row, column, rows, columns, c);
        }

        return columns;
    }

    /// <summary>
    /// Rows times columns that lie unbroken in memory, as the rows of a transposed B or of a matrix times a vector: values that one tile
    /// alone uses are not packed but stood up in registers, four rows of B at a time. The order of k is that of every sum, hence no
    /// lane-wise dot. Measured at 512 × 1 × 512: packed 46 µs, so 19 µs; wider vectors were slower, their rows share cache sets.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void DotKernel<TRows, TVector>(ref readonly Tile tile)
        where TRows : struct, ITileRows<TVector>
        where TVector : struct, ISimd<TVector>
    {
        TRows sums = default;
        float* a = tile.A;
        float* b = tile.B;
        nint aRowStride = tile.ARowStride, aStep = tile.AStep, bStep = tile.BStep;
        int k = tile.K;
        for (; k >= 4; k -= 4)
        {
            (TVector b0, TVector b1, TVector b2, TVector b3) = TVector.LoadColumns(b, bStep);
            sums.Accumulate(a, aRowStride, b0);
            sums.Accumulate(a + aStep, aRowStride, b1);
            sums.Accumulate(a + (2 * aStep), aRowStride, b2);
            sums.Accumulate(a + (3 * aStep), aRowStride, b3);
            a += 4 * aStep;
            b += 4;
        }

        b = tile.Tail;
        for (; k > 0; k--)
        {
            sums.Accumulate(a, aRowStride, TVector.Load(b));
            a += aStep;
            b += TVector.Count;
        }

        sums.Store(tile.C, tile.CRowStride);
    }

    /// <summary>
    /// One row times four vectors of columns, each for a cache line's length in turn: by itself a sum waits for itself. Measured, against one
    /// vector: 1 × 256 × 256 3.4 µs and 4.5, 1 × 512 × 784 27 and 32; but 1 × 512 × 512 20.7 and 18.8, 1 × 1024 × 1024 167 and 102.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void DotKernel<TVector>(ref readonly Tile tile)
        where TVector : struct, ISimd<TVector>
    {
        const int Line = 16;
        TVector sum0 = TVector.Zero, sum1 = TVector.Zero, sum2 = TVector.Zero, sum3 = TVector.Zero;
        float* a = tile.A;
        float* b = tile.B;
        nint aStep = tile.AStep, bStep = tile.BStep, next = TVector.Count * bStep;
        int left, length;
        for (left = tile.K; left >= 4; left -= length)
        {
            length = Math.Min(Line, left & ~3);
            Dots(ref sum0, a, aStep, b, bStep, length);
            Dots(ref sum1, a, aStep, b + next, bStep, length);
            Dots(ref sum2, a, aStep, b + (2 * next), bStep, length);
            Dots(ref sum3, a, aStep, b + (3 * next), bStep, length);
            a += length * aStep;
            b += length;
        }

        b = tile.Tail;
        for (; left > 0; left--)
        {
            TVector value = TVector.Broadcast(*a);
            sum0.Accumulate(value, TVector.Load(b));
            sum1.Accumulate(value, TVector.Load(b + TVector.Count));
            sum2.Accumulate(value, TVector.Load(b + (2 * TVector.Count)));
            sum3.Accumulate(value, TVector.Load(b + (3 * TVector.Count)));
            a += aStep;
            b += 4 * TVector.Count;
        }

        sum0.Store(tile.C);
        sum1.Store(tile.C + TVector.Count);
        sum2.Store(tile.C + (2 * TVector.Count));
        sum3.Store(tile.C + (3 * TVector.Count));
    }

    /// <summary>A length of k, which 4 divides, of one vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Dots<TVector>(ref TVector sums, float* a, nint aStep, float* b, nint bStep, int length)
        where TVector : struct, ISimd<TVector>
    {
        TVector sum = sums;
        for (int k = 0; k < length; k += 4)
        {
            (TVector b0, TVector b1, TVector b2, TVector b3) = TVector.LoadColumns(b + k, bStep);
            sum.Accumulate(TVector.Broadcast(*a), b0);
            sum.Accumulate(TVector.Broadcast(a[aStep]), b1);
            sum.Accumulate(TVector.Broadcast(a[2 * aStep]), b2);
            sum.Accumulate(TVector.Broadcast(a[3 * aStep]), b3);
            a += 4 * aStep;
        }

        sums = sum;
    }
}
