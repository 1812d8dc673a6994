using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>
    /// <c>C ← A·B</c> for one block of k whose operands lie in cache as the micro-kernel reads them: nothing is packed, and C may be written to the
    /// end of its last vector.
    /// </summary>
    internal unsafe struct TileProducts : ISimdKernel
    {
        public int Rows, Columns, K;
        public Strided A; // [rows, k]
        public Strided B; // [k, columns], rows unbroken and padded to whole vectors
        public Strided C; // [rows, columns], likewise

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int column = 0; column < Columns; column += 2 * TSimd.Count)
            {
                if (Columns - column > TSimd.Count)
                {
                    Panel<Twice<TSimd>>(column, tall: TSimd.RegisterCount >= 32);
                }
                else
                {
                    Panel<TSimd>(column, tall: true);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Panel<TVector>(int column, bool tall)
            where TVector : struct, ISimd<TVector>
        {
            Tile tile = default;
            tile.K = K;
            tile.Columns = TVector.Count;
            tile.ARowStride = A.RowStride;
            tile.AStep = A.ColumnStride;
            tile.B = B.At(0, column);
            tile.BStep = B.RowStride;
            tile.CRowStride = C.RowStride;
            int rows;
            for (int row = 0; row < Rows; row += rows)
            {
                rows = Blocking.RowsOfTile(Rows - row, tall);
                tile.A = A.At(row, 0);
                tile.C = C.At(row, column);
                MicroKernel<TVector>(rows, in tile);
            }
        }
    }
}
