using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>
    /// The only numbers of the loop nest, and the decisions that follow from them. Measured on a Zen 5 core (48 KiB L1, 1 MiB L2) in shares of
    /// the FMA peak; where a machine differs, they cost a little speed and no bit.
    /// </summary>
    internal static partial class Blocking
    {
        /// <summary>
        /// The block of k. It is part of the numerics contract (sums are formed in order within a block, blocks are added in order), hence one
        /// constant for every machine. Measured at 2048³: 256 gives 0.80, 512 0.91, 1024 0.95; after it a tile's part of A leaves L1.
        /// </summary>
        public const int Kc = 1024;

        /// <summary>Rows of a block of A: 384 KiB, in L2 beside a panel of B of 256 KiB. 48, 72 and 120 lose 1 %, 192 lose 2 %.</summary>
        public const int Mc = 96;

        /// <summary>Columns of a block of B: 4 MiB, in L3. For each such block A is read, and where that pays packed, once.</summary>
        public const int Nc = 1024;

        /// <summary>The most rows of a tile; one of full width has half as many.</summary>
        public const int TileRows = 12;

        /// <summary>The widest vector of the widest machine: 4 × 16.</summary>
        public const int MaxWidth = 64;

        /// <summary>Values from a row of a compact block of A to the next: a cache line more than a row, or rows would share cache sets.</summary>
        public const int CompactStride = Kc + AlignedBuffer.Alignment;

        /// <summary>A block of B, a block of A, a strip of sums: a block of rows of a panel.</summary>
        public const int ScratchLength = (Nc * Kc) + (Mc * CompactStride) + (Mc * MaxWidth);

        /// <summary>Rows of B so far apart, most of a page, are not read in place over and over.</summary>
        private const int FarStride = 768;

        /// <summary>Multiply-adds that are worth a thread's while, 2 µs. Measured with two threads: 64³ gains nothing, 96³ a quarter.</summary>
        public const int Grain = 1 << 18;

        /// <summary>The rows of the next tile: what is left over is halved rather than ended by a tile of one row.</summary>
        public static int RowsOfTile(int left, bool tall)
        {
            int most = tall ? TileRows : TileRows / 2;
            return left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
        }

        /// <summary>
        /// The width of the next panel: the widest, until <paramref name="left"/> columns fit one that is narrower. Panels half as wide under
        /// tiles twice as high lost 1 to 7 % at 512³ to 2048³.
        /// </summary>
        public static int PanelWidth<TSimd>(int left)
            where TSimd : struct, ISimd<TSimd> =>
            left > 3 * TSimd.Count ? (TSimd.RegisterCount >= 32 ? 4 : 2) * TSimd.Count
            : left > TSimd.Count ? 2 * TSimd.Count
            : TSimd.Count;

        /// <summary>The threads that a product is worth: none that would get less than <see cref="Grain"/> multiply-adds.</summary>
        public static int Threads<TActivation>(ref readonly Product<TActivation> product, int maxThreads)
            where TActivation : struct, IUnaryOperator => Threads((long)product.Rows * product.Columns * product.K, maxThreads);

        /// <summary>Likewise, for so many multiply-adds.</summary>
        public static int Threads(long work, int maxThreads) => (int)Math.Clamp(work / Grain, 1, MostThreads(maxThreads));

        /// <summary>The threads that there are, if no more than so many may take part; 0 for all.</summary>
        public static int MostThreads(int maxThreads) => maxThreads == 0 ? WorkerTeam.Size : Math.Min(maxThreads, WorkerTeam.Size);

        /// <summary>The pieces of so many multiply-adds each that are together worth a thread's while.</summary>
        public static int PiecesAtOnce(long work) => (int)(Grain / Math.Clamp(work, 1, Grain));

        /// <summary>
        /// Along which axis threads share a product, and in units of how many rows or columns. Each thread packs what it reads, so the operand
        /// that is packed is the one to divide; if both or none, the longer axis. An axis of too few units is not divided.
        /// </summary>
        public static (bool ByColumns, int Unit, int Units) Split<TActivation>(ref readonly Product<TActivation> product, int threads)
            where TActivation : struct, IUnaryOperator
        {
            int rowUnits = (product.Rows + TileRows - 1) / TileRows, columnUnits = (product.Columns + MaxWidth - 1) / MaxWidth;
            bool packA = PackA(in product), packB = PackB(in product);
            bool byColumns = packA == packB ? product.Columns >= product.Rows : packB;
            if ((byColumns ? columnUnits : rowUnits) < 2 * threads)
            {
                byColumns = columnUnits >= rowUnits;
            }

            return byColumns ? (true, MaxWidth, columnUnits) : (false, TileRows, rowUnits);
        }

        /// <summary>
        /// Whether to do Cᵀ = BᵀAᵀ instead: where C lies by columns; where it has so few columns that most lanes of a row would idle, for
        /// then vectors run down the columns, and A is stood up as it is packed; and where B would be stood up, and A and C are less work.
        /// A row of dots, from a matrix times a vector, is not packed at all.
        /// </summary>
        public static unsafe bool Transpose<TActivation>(ref readonly Product<TActivation> product)
            where TActivation : struct, IUnaryOperator =>
            product.PackedB == null
            && ((product.C.ColumnStride != 1 && product.C.RowStride == 1)
                || (product.Columns * 4 <= SimdWidth.Lanes * 3 && product.Rows >= 2 * SimdWidth.Lanes)
                || (product.B.ColumnStride != 1 && product.A.ColumnStride == 1 && product.C.ColumnStride == 1 && SparesStanding(in product)));

        /// <summary>
        /// Whether B stood up costs more than A stood up, C laid down and lanes that idle. B takes, a value, as long as its product with some
        /// rows; C is twice as dear, and A as well. Measured in shares of the FMA peak, B and A stood up: 32 × 256 × 256 0.76 and 0.90,
        /// 64 × 512 × 784 0.85 and 0.92; but 128 × 512 × 512 0.90 and 0.90, 256 × 512 × 784 0.93 and 0.91.
        /// </summary>
        private static bool SparesStanding<TActivation>(ref readonly Product<TActivation> product)
            where TActivation : struct, IUnaryOperator
        {
            const int Standing = 8;
            long rows = product.Rows, columns = product.Columns, k = product.K, idle = PackedColumns(product.Rows) - rows;
            return rows > TileRows && (product.Epilogue.Stores || product.Epilogue.Adds)
                && (idle * columns * k) + (2 * Standing * rows * (k + columns)) < Standing * columns * k;
        }

        /// <summary>
        /// Whether A is copied block by block: where its rows are broken, their values far apart, and enough panels will read the copy. Unbroken
        /// rows are read in place, even a page or more apart: copied, 1536³ took 3 % longer and 512 × 512 × 8192 4 %.
        /// </summary>
        public static bool PackA<TActivation>(ref readonly Product<TActivation> product)
            where TActivation : struct, IUnaryOperator => product.Columns >= 128 && product.A.ColumnStride >= FarStride / 4;

        /// <summary>Whether B is packed: where its rows are broken, or lie far apart and enough tiles will read the copy.</summary>
        public static bool PackB<TActivation>(ref readonly Product<TActivation> product)
            where TActivation : struct, IUnaryOperator =>
            product.B.ColumnStride != 1 || (product.Rows >= 192 && product.B.RowStride >= FarStride);
    }
}
