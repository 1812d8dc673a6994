using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>Fixed memory of one thread, made on its first product: a packed block of B, a packed block of A, a tile of sums.</summary>
    [ThreadStatic]
    private static AlignedBuffer? t_scratch;

    /// <summary>
    /// <code>
    /// for each block of columns     C[:, Nc]
    ///   for each block of k         B[Kc, Nc], packed if that pays: it stays in L3
    ///     for each block of rows    A[Mc, Kc], packed if that pays: it stays in L2
    ///       for each panel          B[Kc, one (wide) vector]: it comes to L2 and stays for
    ///         each tile             C[6 or 12, one (wide) vector]: the micro-kernel
    /// </code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void LoopNest<TWide, THalf, TSimd, TActivation>(ref readonly Product<TActivation> product)
        where TWide : struct, ISimd<TWide>
        where THalf : struct, ISimd<THalf>
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        Block<TActivation> block = default;
        block.Scratch = (t_scratch ??= new AlignedBuffer(Blocking.ScratchLength)).Pointer;
        bool packA = Blocking.PackA(in product);
        block.PackB = product.PackedB == null && Blocking.PackB(in product);
        for (int column = product.ColumnStart; column < product.ColumnEnd; column += Blocking.Nc)
        {
            block.Column = column;
            block.ColumnEnd = Math.Min(column + Blocking.Nc, product.ColumnEnd);
            block.K = 0;
            do
            {
                block.Depth = Math.Min(Blocking.Kc, product.K - block.K);
                block.Epilogue = product.Epilogue.OfBlock(isFirst: block.K == 0, isLast: block.K + block.Depth == product.K);
                for (int row = product.RowStart; row < product.RowEnd; row += Blocking.Mc)
                {
                    block.Row = row;
                    block.RowEnd = Math.Min(row + Blocking.Mc, product.RowEnd);
                    block.A = product.A.From(row, block.K);
                    if (packA)
                    {
                        block.A = Compact<TSimd>(block.A, block.RowEnd - row, block.Depth, block.PackedA);
                    }

                    Panels<TWide, THalf, TSimd, TActivation>(in product, in block);
                }

                block.K += block.Depth;
            }
            while (block.K < product.K);
        }
    }

    /// <summary>Cuts the block into panels: wide ones, and at the right edge the narrowest that hold what is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panels<TWide, THalf, TSimd, TActivation>(ref readonly Product<TActivation> product, ref readonly Block<TActivation> block)
        where TWide : struct, ISimd<TWide>
        where THalf : struct, ISimd<THalf>
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int column = block.Column;
        while (column < block.ColumnEnd)
        {
            if (product.IsDots && block.ColumnEnd - column >= TSimd.Count)
            {
                column += Dots<TSimd, TActivation>(in product, in block, column);
                continue;
            }

            if (IsRow<TWide, TActivation>(in product, in block, column))
            {
                column += RowOfPanels<TWide, TSimd, TActivation>(in product, in block, column);
                continue;
            }

            int width = Blocking.PanelWidth<TSimd>(block.ColumnEnd - column);
            column += width == TWide.Count ? Panel<TWide, TSimd, TActivation>(in product, in block, column, tall: false)
                : width == THalf.Count ? Panel<THalf, TSimd, TActivation>(in product, in block, column, tall: TSimd.RegisterCount >= 32)
                : Panel<TSimd, TSimd, TActivation>(in product, in block, column, tall: true);
        }
    }

    /// <summary>Does one panel of columns, and says how many they were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Panel<TVector, TSimd, TActivation>(
        ref readonly Product<TActivation> product, ref readonly Block<TActivation> block, int column, bool tall)
        where TVector : struct, ISimd<TVector>
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int columns = Math.Min(block.ColumnEnd - column, TVector.Count);
        bool adds = block.Epilogue.Adds && columns == TVector.Count;
        bool stores = block.Epilogue.Stores || adds;
        bool direct = stores && product.C.ColumnStride == 1
            && (!block.Epilogue.Finishes || product.C.RowStride >= TSimd.Count); // else a row waits for the part of a vector stored before it
        bool across = stores && product.C.ColumnStride != 1 && product.C.RowStride == 1; // to be laid down as a whole strip
        bool whole = direct || across;
        Strided c = product.C.From(block.Row, column), sums = direct ? c : new(block.Strip, TVector.Count, 1);
        if (across && adds)
        {
            Copy<TSimd>(c, block.RowEnd - block.Row, columns, sums.Data, TVector.Count);
        }

        Tile tile = default;
        tile.K = block.Depth;
        tile.Columns = columns;
        tile.AddsToC = whole && adds;
        tile.ARowStride = block.A.RowStride;
        tile.AStep = block.A.ColumnStride;
        tile.CRowStride = sums.RowStride;
        Strided b = BPanel<TSimd, TActivation>(in product, in block, column, columns, TVector.Count);
        tile.B = b.Data;
        tile.BStep = b.RowStride;
        int rows;
        for (int row = block.Row; row < block.RowEnd; row += rows)
        {
            rows = Blocking.RowsOfTile(block.RowEnd - row, tall);
            tile.A = block.A.At(row - block.Row, 0);
            if (block.Epilogue.Beta != 0)
            {
                Prefetch(product.C.From(row, column), rows, columns);
            }

            tile.C = whole ? sums.At(row - block.Row, 0) : sums.Data;
            MicroKernel<TVector>(rows, in tile);
            if (!whole)
            {
                Finish<TSimd, TActivation>(in block, sums, row, column, rows, columns, product.C.From(row, column));
            }
        }

        if (whole && block.Epilogue.Finishes)
        {
            block.Epilogue.Finish<TSimd>(sums, block.Row, column, block.RowEnd - block.Row, columns);
        }

        if (across)
        {
            Copy<TSimd>(sums.Transposed, columns, block.RowEnd - block.Row, c.Data, (int)c.ColumnStride);
        }

        return columns;
    }

    /// <summary>Brings a tile of sums to its place in C.</summary>
    private static unsafe void Finish<TSimd, TActivation>(
        ref readonly Block<TActivation> block, Strided sums, int row, int column, int rows, int columns, Strided c)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        if (c.ColumnStride == 1 || !block.Epilogue.Stores)
        {
            block.Epilogue.Apply<TSimd>(sums, row, column, rows, columns, c);
            return;
        }

        if (block.Epilogue.Finishes)
        {
            block.Epilogue.Finish<TSimd>(sums, row, column, rows, columns);
        }

        Planes.Spread<TSimd>(sums.Data, sums.RowStride, c.Data, c.RowStride, (int)c.ColumnStride, rows, columns);
    }

    /// <summary>
    /// The panel of B at this column: in place, from a <see cref="PackedMatrix"/>, or packed now, with the first rows that need it. That takes
    /// 3 % of the time at 1024³, most of it waiting for memory; packing all panels at once, some rows of each in turn, took as long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Strided BPanel<TSimd, TActivation>(
        ref readonly Product<TActivation> product, ref readonly Block<TActivation> block, int column, int columns, int width)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        if (product.PackedB != null)
        {
            return new(product.PackedB + (block.K * (nint)product.PackedColumns) + ((nint)column * block.Depth), width, 1);
        }

        Strided b = product.B.From(block.K, column);
        if (!block.PackB)
        {
            return b;
        }

        // Panels that no second block of rows will read share one place, which stays in cache.
        int place = product.Rows <= Blocking.Mc ? 0 : (column - block.Column) * block.Depth;
        Strided packed = new(block.PackedB + place, width, 1);
        if (block.Row == product.RowStart)
        {
            PackPanel<TSimd>(b, block.Depth, columns, width, packed.Data);
        }

        return packed;
    }

    /// <summary>
    /// Asks for a tile of C that will be read, so that it arrives while its sums form. Measured at 2048³, where C is not in cache: 0.86 → 0.92 of
    /// the FMA peak. Asking for a tile that is only written lost 1 %, for the next panel of B 3 %, for what that is packed from, tile by tile, 1 %;
    /// asking for the next block of A was no gain, nor was asking in the micro-kernel for rows of B to come.
    /// </summary>
    private static unsafe void Prefetch(Strided c, int rows, int columns)
    {
        if (c.ColumnStride == 1)
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j += AlignedBuffer.Alignment)
                {
                    Cache.Prefetch(c.At(i, j));
                }
            }
        }
    }

    /// <summary>Where the loop nest stands.</summary>
    private unsafe struct Block<TActivation>
        where TActivation : struct, IUnaryOperator
    {
        public int Row, RowEnd, Column, ColumnEnd, K, Depth;
        public Strided A; // [rows, depth]
        public bool PackB;
        public TileEpilogue<TActivation> Epilogue;
        public float* Scratch;

        public readonly float* PackedB => Scratch;

        public readonly float* PackedA => Scratch + (Blocking.Nc * Blocking.Kc);

        public readonly float* Strip => PackedA + (Blocking.Mc * Blocking.CompactStride);
    }
}
