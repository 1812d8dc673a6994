using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>
/// One row times a packed B, as in a prediction for one sample: reading B is all that takes time. So nothing comes between its panels, and
/// they are asked for ahead, which a core's own prefetching does less well. Measured, 784-512-512-10: 28.4 µs by way of the micro-kernel, 26.5
/// with only the asking, 25.0 so; a bare loop over as much memory 23.4. Asking 4 to 32 rows ahead is alike, 64 gain little; two panels side
/// by side gain nothing more, nor does keeping a part of B in L2 by asking for the rest without a place in it.
/// </content>
public static partial class Gemm
{
    /// <summary>The rows of a panel from the one in use to the one asked for.</summary>
    private const int StepsAhead = 16;

    /// <summary>Whether the block is one row whose sums go straight into C, and whole panels are left of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe bool IsRow<TWide, TActivation>(ref readonly Product<TActivation> product, ref readonly Block<TActivation> block, int column)
        where TWide : struct, ISimd<TWide>
        where TActivation : struct, IUnaryOperator =>
        product.PackedB != null && block.RowEnd - block.Row == 1 && block.ColumnEnd - column >= TWide.Count
        && product.C.ColumnStride == 1 && (block.Epilogue.Stores || block.Epilogue.Adds);

    /// <summary>Does the row's whole panels, and says how many columns they were.</summary>
    private static unsafe int RowOfPanels<TWide, TSimd, TActivation>(
        ref readonly Product<TActivation> product, ref readonly Block<TActivation> block, int column)
        where TWide : struct, ISimd<TWide>
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        int panels = (block.ColumnEnd - column) / TWide.Count;
        Strided c = product.C.From(block.Row, column);
        Tile tile = default;
        tile.K = block.Depth;
        tile.A = block.A.Data;
        tile.AStep = block.A.ColumnStride;
        tile.B = BPanel<TSimd, TActivation>(in product, in block, column, TWide.Count, TWide.Count).Data;
        tile.C = c.Data;
        tile.AddsToC = block.Epilogue.Adds;
        RowKernel<TWide>(in tile, panels);
        if (block.Epilogue.Finishes)
        {
            block.Epilogue.Finish<TSimd>(c, block.Row, column, 1, panels * TWide.Count);
        }

        return panels * TWide.Count;
    }

    /// <summary>The micro-kernel's sums, of a row and of panels that lie one after the other.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void RowKernel<TVector>(ref readonly Tile tile, int panels)
        where TVector : struct, ISimd<TVector>
    {
        float* b = tile.B;
        float* c = tile.C;
        nint aStep = tile.AStep;
        for (; panels > 0; panels--, c += TVector.Count)
        {
            TVector sums = TVector.Zero;
            float* a = tile.A;
            for (int k = tile.K; k > 0; k--)
            {
                Cache.PrefetchVector<TVector>(b + (StepsAhead * TVector.Count));
                sums.Accumulate(TVector.Broadcast(*a), TVector.Load(b));
                a += aStep;
                b += TVector.Count;
            }

            if (tile.AddsToC)
            {
                sums += TVector.Load(c);
            }

            sums.Store(c);
        }
    }
}
