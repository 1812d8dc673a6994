using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Products of operands that lie in no matrix: whoever knows where their values are lays out the block that comes next.</content>
public static partial class Gemm
{
    /// <summary>This thread's memory for a product, for whoever needs it between two: <see cref="Blocking.ScratchLength"/> values.</summary>
    internal static unsafe float* Scratch => (t_scratch ??= new AlignedBuffer(Blocking.ScratchLength)).Pointer;

    internal static partial class Blocking
    {
        /// <summary>
        /// The most rows that lie in memory which are read again for every few columns, rather than few columns for every block of rows. Measured
        /// with 256 rows: 3 % faster, with 512 2 %, with 2048 2 % slower.
        /// </summary>
        public const int StreamedRows = 512;

        /// <summary>Units of rows in whose time panels are packed: those of strided patches; others take a third of it.</summary>
        private const int PackingUnits = 6;

        /// <summary>
        /// Whether threads that share columns lose less, their panels being whole, than threads that share rows, each of which packs all panels. Measured with
        /// two threads, 512 channels of 7 × 7 to 2048, whose panels are six and a little one: by columns 1970 µs, by rows 1910; at 256 of 14 × 14 to 512,
        /// 3 × 3, stride 2, by columns 2350, by rows 2380.
        /// </summary>
        public static bool IsByColumns(int rowUnits, int columnUnits, int threads) =>
            (long)rowUnits * RoundUp(columnUnits, threads) <= (long)columnUnits * (RoundUp(rowUnits, threads) + (PackingUnits * (threads - 1)));

        private static int RoundUp(int units, int threads) => (units + threads - 1) / threads * threads;

        /// <summary>Columns of a right operand that is read by one block of rows: 256 KiB of them, a quarter of the second-level cache.</summary>
        public static int ColumnsAtOnce(int depth) => Math.Clamp((1 << 16) / Math.Max(1, depth) / MaxWidth * MaxWidth, MaxWidth, Nc);
    }

    /// <summary>A left operand.</summary>
    internal unsafe interface IRows
    {
        /// <summary>
        /// Rows from <paramref name="row"/>, columns from <paramref name="k"/>: where they lie, or laid out in <paramref name="room"/>.
        /// </summary>
        Strided Block<TSimd>(int row, int k, int rows, int depth, float* room)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>A right operand.</summary>
    internal unsafe interface IPanels
    {
        /// <summary><c>destination[i·stride + j] ← element (k + i, column + j)</c></summary>
        void Pack<TSimd>(int k, int column, int depth, int columns, float* destination, int stride)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>A matrix that lies in memory, read there.</summary>
    internal readonly unsafe struct InPlace(Strided matrix) : IRows
    {
        public Strided Block<TSimd>(int row, int k, int rows, int depth, float* room)
            where TSimd : struct, ISimd<TSimd> => matrix.From(row, k);
    }

    /// <summary>
    /// Where C lies: columns come in runs, each at its place, as do the pixels of one image or of one line.
    /// </summary>
    internal readonly unsafe struct Runs(
        float* data, nint rowStride, int length, nint columnStride = 1, int inOuter = 1, nint stride = 0, nint outerStride = 0)
    {
        /// <summary>Columns from <paramref name="column"/> to the end of its run.</summary>
        public int Left(int column) => length - (column % length);

        /// <summary>Run r begins at <c>(r mod inOuter)·stride + (r / inOuter)·outerStride</c>.</summary>
        public Strided From(int row, int column)
        {
            (int run, int place) = Math.DivRem(column, length);
            (int outer, int inner) = Math.DivRem(run, inOuter);
            return new(
                data + (row * rowStride) + (inner * stride) + (outer * outerStride) + (place * columnStride), rowStride, columnStride);
        }
    }

    /// <summary><c>C ← activation(A·B + β·C + bias)</c>, or the part of it that one thread does.</summary>
    internal unsafe struct SourceProduct<TRows, TPanels, TActivation> : ISimdKernel
        where TRows : struct, IRows
        where TPanels : struct, IPanels
        where TActivation : struct, IUnaryOperator
    {
        public int RowStart, RowEnd, ColumnStart, ColumnEnd, KStart, K; // k from KStart to K
        public TRows A; // [m, k]
        public TPanels B; // [k, n]
        public Runs C; // [m, n]
        public TileEpilogue<TActivation> Epilogue;

        public readonly int Rows => RowEnd - RowStart;

        public readonly int Columns => ColumnEnd - ColumnStart;

        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (TSimd.RegisterCount >= 32)
            {
                SourceNest<Twice<Twice<TSimd>>, Twice<TSimd>, TSimd, TRows, TPanels, TActivation>(in this);
            }
            else
            {
                SourceNest<Twice<TSimd>, Twice<TSimd>, TSimd, TRows, TPanels, TActivation>(in this);
            }
        }

        /// <summary>
        /// Shares the product among threads by whole tiles: each packs what it reads, so panels are divided if there are enough; or rows, if it is
        /// they that take longer to pack.
        /// </summary>
        public readonly void Run(int maxThreads, bool rowsFirst = false)
        {
            int threads = Blocking.Threads((long)Rows * Columns * K, maxThreads);
            int rowUnits = (Rows + Blocking.TileRows - 1) / Blocking.TileRows;
            int columnUnits = (Columns + Blocking.MaxWidth - 1) / Blocking.MaxWidth;
            bool byColumns = columnUnits >= rowUnits || (!rowsFirst && Blocking.IsByColumns(rowUnits, columnUnits, threads));
            if (byColumns)
            {
                WorkerTeam.For(columnUnits, Math.Max(1, columnUnits / threads), new Part(this, byColumns, Blocking.MaxWidth), threads);
            }
            else
            {
                int rows = (rowUnits + threads - 1) / threads * Blocking.TileRows; // a part for each thread: B is packed once more for every part
                WorkerTeam.For((Rows + rows - 1) / rows, 1, new Part(this, byColumns, rows), threads);
            }
        }

        private readonly struct Part(SourceProduct<TRows, TPanels, TActivation> product, bool byColumns, int unit) : IRangeBody
        {
            public void Invoke(int start, int end)
            {
                SourceProduct<TRows, TPanels, TActivation> part = product;
                if (byColumns)
                {
                    part.ColumnStart = product.ColumnStart + (start * unit);
                    part.ColumnEnd = Math.Min(product.ColumnStart + (end * unit), product.ColumnEnd);
                }
                else
                {
                    part.RowStart = product.RowStart + (start * unit);
                    part.RowEnd = Math.Min(product.RowStart + (end * unit), product.RowEnd);
                }

                SimdWidth.Invoke(ref part);
            }
        }
    }
}
