using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The loops around operands that lie in no matrix.</content>
public static partial class Gemm
{
    /// <summary>
    /// The loops of <see cref="LoopNest"/>, around blocks that are laid out first. Panels of a product of few rows are made few at a
    /// time, and rows that no second panel will read one tile at a time: so they are in a near cache when they are read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SourceNest<TWide, THalf, TSimd, TRows, TPanels, TActivation>(
        ref readonly SourceProduct<TRows, TPanels, TActivation> product)
        where TWide : struct, ISimd<TWide>
        where THalf : struct, ISimd<THalf>
        where TSimd : struct, ISimd<TSimd>
        where TRows : struct, IRows
        where TPanels : struct, IPanels
        where TActivation : struct, IUnaryOperator
    {
        SourceBlock<TActivation> block = default;
        block.Scratch = Scratch;
        bool isReadOnce = product.Rows <= (typeof(TRows) == typeof(InPlace) ? Blocking.StreamedRows : Blocking.Mc);
        int columnStep = isReadOnce ? Blocking.ColumnsAtOnce(Math.Min(product.K, Blocking.Kc)) : Blocking.Nc;
        block.Stride = isReadOnce && columnStep > Blocking.MaxWidth ? columnStep + AlignedBuffer.Alignment : 0;
        int rowStep = product.Columns <= THalf.Count ? Blocking.TileRows : product.Columns <= TWide.Count ? Blocking.TileRows / 2 : Blocking.Mc;
        for (int column = product.ColumnStart; column < product.ColumnEnd; column += columnStep)
        {
            block.Column = column;
            block.ColumnEnd = Math.Min(column + columnStep, product.ColumnEnd);
            block.K = product.KStart;
            do
            {
                block.Depth = Math.Min(Blocking.Kc, product.K - block.K);
                block.Epilogue = product.Epilogue.OfBlock(isFirst: block.K == product.KStart, isLast: block.K + block.Depth == product.K);
                PackPanels<TSimd, TRows, TPanels, TActivation>(in product, in block);
                for (int row = product.RowStart; row < product.RowEnd; row += rowStep)
                {
                    block.Row = row;
                    block.RowEnd = Math.Min(row + rowStep, product.RowEnd);
                    block.A = product.A.Block<TSimd>(row, block.K, block.RowEnd - row, block.Depth, block.PackedA);
                    SourcePanels<TWide, THalf, TSimd, TActivation>(in block, product.C);
                }

                block.K += block.Depth;
            }
            while (block.K < product.K);
        }
    }

    private static unsafe void PackPanels<TSimd, TRows, TPanels, TActivation>(
        ref readonly SourceProduct<TRows, TPanels, TActivation> product, ref readonly SourceBlock<TActivation> block)
        where TSimd : struct, ISimd<TSimd>
        where TRows : struct, IRows
        where TPanels : struct, IPanels
        where TActivation : struct, IUnaryOperator
    {
        if (block.Stride > 0)
        {
            product.B.Pack<TSimd>(block.K, block.Column, block.Depth, block.ColumnEnd - block.Column, block.Scratch, block.Stride);
            return;
        }

        int width;
        for (int column = block.Column; column < block.ColumnEnd; column += width)
        {
            width = Blocking.PanelWidth<TSimd>(block.ColumnEnd - column);
            int columns = Math.Min(width, block.ColumnEnd - column);
            product.B.Pack<TSimd>(block.K, column, block.Depth, columns, block.PanelAt(column), width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SourcePanels<TWide, THalf, TSimd, TActivation>(ref readonly SourceBlock<TActivation> block, Runs c)
        where TWide : struct, ISimd<TWide>
        where THalf : struct, ISimd<THalf>
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int width;
        for (int column = block.Column; column < block.ColumnEnd; column += width)
        {
            width = Blocking.PanelWidth<TSimd>(block.ColumnEnd - column);
            if (width == TWide.Count)
            {
                SourcePanel<TWide, TSimd, TActivation>(in block, column, c, tall: false);
            }
            else if (width == THalf.Count)
            {
                SourcePanel<THalf, TSimd, TActivation>(in block, column, c, tall: TSimd.RegisterCount >= 32);
            }
            else
            {
                SourcePanel<TSimd, TSimd, TActivation>(in block, column, c, tall: true);
            }
        }
    }

    /// <summary>One panel of columns. Sums that do not lie in C as they stand go through a tile of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SourcePanel<TVector, TSimd, TActivation>(ref readonly SourceBlock<TActivation> block, int column, Runs c, bool tall)
        where TVector : struct, ISimd<TVector>
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int columns = Math.Min(block.ColumnEnd - column, TVector.Count);
        Strided place = c.From(block.Row, column);
        bool adds = block.Epilogue.IsAdd && columns == TVector.Count;
        bool direct = (block.Epilogue.IsStore || adds) && place.ColumnStride == 1 && c.Left(column) >= columns;
        Tile tile = default;
        tile.K = block.Depth;
        tile.Columns = direct ? columns : TVector.Count;
        tile.AddsToC = direct && adds;
        tile.ARowStride = block.A.RowStride;
        tile.AStep = block.A.ColumnStride;
        tile.B = block.PanelAt(column);
        tile.BStep = block.Stride > 0 ? block.Stride : TVector.Count;
        tile.CRowStride = direct ? place.RowStride : TVector.Count;
        int rows;
        for (int row = block.Row; row < block.RowEnd; row += rows)
        {
            rows = Blocking.RowsOfTile(block.RowEnd - row, tall);
            tile.A = block.A.At(row - block.Row, 0);
            tile.C = direct ? place.At(row - block.Row, 0) : block.Sums;
            MicroKernel<TVector>(rows, in tile);
            if (!direct)
            {
                Finish<TSimd, TActivation>(in block.Epilogue, new Strided(block.Sums, TVector.Count, 1), row, column, rows, columns, c);
            }
        }
    }

    /// <summary>Finishes a tile run by run.</summary>
    private static unsafe void Finish<TSimd, TActivation>(
        ref readonly TileEpilogue<TActivation> epilogue, Strided sums, int row, int column, int rows, int columns, Runs c)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int length;
        for (int done = 0; done < columns; done += length)
        {
            length = Math.Min(c.Left(column + done), columns - done);
            Strided place = c.From(row, column + done);
            if (epilogue.IsOfRows && place.ColumnStride == 1)
            {
                float* bias = epilogue.RowBias == null ? null : epilogue.RowBias + row;
                FinishRows<TSimd, TActivation>(sums.At(0, done), (int)sums.RowStride, rows, length, bias, epilogue.Activation, place);
            }
            else if (epilogue.IsOfRows)
            {
                epilogue.Apply<TSimd>(sums.From(0, done), row, column + done, rows, length, sums.From(0, done));
                Planes.Spread<TSimd>(sums.At(0, done), sums.RowStride, place.Data, place.RowStride, (int)place.ColumnStride, rows, length);
            }
            else
            {
                epilogue.Apply<TSimd>(sums.From(0, done), row, column + done, rows, length, place);
            }
        }
    }

    /// <summary>
    /// What <see cref="TileEpilogue{TActivation}.Apply"/> does where it is most often asked: a bias for each row, an activation, a store. In the
    /// micro-kernel itself, bias and ReLU go beyond the JIT's budget for inlining: at k = 9 that took 370 µs instead of 300 of 200 without them.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FinishRows<TSimd, TActivation>(
        float* sums, int stride, int rows, int columns, float* bias, TActivation activation, Strided c)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        float* values = c.Data;
        for (int i = 0; i < rows; i++)
        {
            TSimd addend = bias == null ? TSimd.Zero : TSimd.Broadcast(bias[i]);
            int j = 0;
            for (; j <= columns - TSimd.Count; j += TSimd.Count)
            {
                Finish(TSimd.Load(sums + j)).Store(values + j);
            }

            if (j < columns)
            {
                Finish(TSimd.Load(sums + j)).StorePartial(values + j, columns - j);
            }

            sums += stride;
            values += c.RowStride;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            TSimd Finish(TSimd sum) => activation.Invoke(bias == null ? sum : sum + addend);
        }
    }

    /// <summary>Where the nest stands.</summary>
    private unsafe struct SourceBlock<TActivation>
        where TActivation : struct, IUnaryOperator
    {
        public int Row, RowEnd, Column, ColumnEnd, K, Depth;
        public int Stride; // of the rows of B if its panels lie side by side, 0 if one after the other
        public Strided A; // [rows, depth]
        public TileEpilogue<TActivation> Epilogue;
        public float* Scratch;

        /// <summary>Room for a tile; a vector of sums may be read past its end, into what follows.</summary>
        public readonly float* Sums => Scratch + (Blocking.Nc * Blocking.Kc);

        public readonly float* PackedA => Sums + (Blocking.TileRows * Blocking.MaxWidth);

        public readonly float* PanelAt(int column) => Scratch + ((nint)(column - Column) * (Stride > 0 ? 1 : Depth));
    }
}
