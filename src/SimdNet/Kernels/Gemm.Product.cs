using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>One product, or the part of it that one thread does.</summary>
    internal unsafe struct Product<TActivation> : ISimdKernel
        where TActivation : struct, IUnaryOperator
    {
        public int RowStart, RowEnd, ColumnStart, ColumnEnd, K;
        public Strided A; // [m, k]
        public Strided B; // [k, n]
        public float* PackedB; // instead of B: as a PackedMatrix lays it out
        public int PackedColumns; // its columns with those that fill the last panel
        public Strided C; // [m, n]
        public TileEpilogue<TActivation> Epilogue;

        public readonly int Rows => RowEnd - RowStart;

        public readonly int Columns => ColumnEnd - ColumnStart;

        /// <summary>Whether it is the rows of one tile times columns that lie unbroken in memory.</summary>
        public readonly bool IsDots => Rows <= Blocking.TileRows && PackedB == null && B.RowStride == 1 && B.ColumnStride != 1;

        /// <summary>Does the product at one vector width. A row of the widest tile takes four registers of 32, two of 16.</summary>
        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (IsOneTile<TSimd>())
            {
                OneTile<TSimd>();
            }
            else if (TSimd.RegisterCount >= 32)
            {
                LoopNest<Twice<Twice<TSimd>>, Twice<TSimd>, TSimd, TActivation>(in this);
            }
            else
            {
                LoopNest<Twice<TSimd>, Twice<TSimd>, TSimd, TActivation>(in this);
            }
        }

        /// <summary>Whether C is one narrow tile whose operands can be read where they lie: then there is nothing to cut.</summary>
        private readonly bool IsOneTile<TSimd>()
            where TSimd : struct, ISimd<TSimd> =>
            Rows <= Blocking.TileRows && Columns <= TSimd.Count && K <= Blocking.Kc && PackedB == null
            && Rows > 0 && Columns > 0 && B.ColumnStride == 1 && C.ColumnStride == 1 && Epilogue.IsNone;

        private readonly void OneTile<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Tile tile = default;
            tile.K = K;
            tile.Columns = Columns;
            tile.A = A.At(RowStart, 0);
            tile.ARowStride = A.RowStride;
            tile.AStep = A.ColumnStride;
            tile.B = B.At(0, ColumnStart);
            tile.BStep = B.RowStride;
            tile.C = C.At(RowStart, ColumnStart);
            tile.CRowStride = C.RowStride;
            MicroKernel<TSimd>(Rows, in tile);
        }

        /// <summary>Cᵀ = BᵀAᵀ: the same sums, in the same order.</summary>
        public void Transpose()
        {
            (A, B, C) = (B.Transposed, A.Transposed, C.Transposed);
            (RowEnd, ColumnEnd) = (ColumnEnd, RowEnd);
            float* rowBias = Epilogue.RowBias;
            Epilogue.RowBias = Epilogue.ColumnBias;
            Epilogue.ColumnBias = rowBias;
        }
    }

    /// <summary>Element (i, j) at <c>Data[i·RowStride + j·ColumnStride]</c>.</summary>
    internal readonly unsafe struct Strided(float* data, nint rowStride, nint columnStride)
    {
        public readonly float* Data = data;
        public readonly nint RowStride = rowStride, ColumnStride = columnStride;

        public Strided Transposed => new(Data, ColumnStride, RowStride);

        public float* At(nint row, nint column) => Data + (row * RowStride) + (column * ColumnStride);

        public Strided From(nint row, nint column) => new(At(row, column), RowStride, ColumnStride);
    }
}
