using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>The only numbers of the loop nest.</summary>
    internal static class Blocking
    {
        /// <summary>
        /// The block of k. It is part of the numerics contract (sums are formed in order within a block, blocks are added in order), hence one
        /// constant for every machine.
        /// </summary>
        public const int Kc = 512;

        /// <summary>Columns of a block of B.</summary>
        public const int Nc = 256;

        /// <summary>Multiply-adds that are worth a thread's while.</summary>
        public const int Grain = 1 << 18;

        /// <summary>Rows of a block of A.</summary>
        public const int Mc = 192;

        /// <summary>Rows of a tall tile and of a panel of packed A; a tile of full width has half as many.</summary>
        public const int PanelRows = 12;

        /// <summary>The widest vector of the widest machine: 4 × 16.</summary>
        public const int MaxWidth = 64;

        /// <summary>A block of B, a block of A, a tile of sums.</summary>
        public const int ScratchLength = (Nc * Kc) + (Mc * Kc) + (PanelRows * MaxWidth);

        /// <summary>
        /// The rows of the next tile, when <paramref name="row"/> rows of the block are done and <paramref name="left"/> are not: no tile
        /// crosses from one panel of 12 into the next, and what is left over is halved rather than ended by a tile of one row.
        /// </summary>
        public static int TileRows(int row, int left, bool tall)
        {
            int group = Math.Min(PanelRows - (row % PanelRows), left);
            return (tall && group == PanelRows) || group <= PanelRows / 2 ? group : (group + 1) / 2;
        }

        /// <summary>The width of the next panel: the widest, until <paramref name="left"/> columns fit one that is narrower.</summary>
        public static int PanelWidth<TSimd>(int left)
            where TSimd : struct, ISimd<TSimd> =>
            left > 3 * TSimd.Count ? (TSimd.RegisterCount >= 32 ? 4 : 2) * TSimd.Count
            : left > TSimd.Count ? 2 * TSimd.Count
            : TSimd.Count;

        /// <summary>The threads that a product is worth: none that would get less than <see cref="Grain"/> multiply-adds.</summary>
        public static int Threads<TActivation>(ref readonly Product<TActivation> product, int maxThreads)
            where TActivation : struct, IUnaryOperator
        {
            long work = (long)product.Rows * product.Columns * product.K;
            int most = maxThreads == 0 ? WorkerTeam.Size : Math.Min(maxThreads, WorkerTeam.Size);
            return (int)Math.Clamp(work / Grain, 1, most);
        }

        public static bool PackA<TActivation>(ref readonly Product<TActivation> product)
            where TActivation : struct, IUnaryOperator => product.A.ColumnStride != 1 && product.A.RowStride != 1;

        public static bool PackB<TActivation>(ref readonly Product<TActivation> product)
            where TActivation : struct, IUnaryOperator => product.B.ColumnStride != 1;
    }
}
