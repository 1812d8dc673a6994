using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>
    /// What happens to the sums of a tile: <c>C ← activation(α·sums + β·C + bias)</c>. After the first block of k, β is 1; bias and
    /// activation come with the last.
    /// </summary>
    internal unsafe struct Epilogue<TActivation>
        where TActivation : struct, IUnaryOperator
    {
        public float Alpha, Beta;
        public float* RowBias; // [m] or null
        public float* ColumnBias; // [n] or null
        public TActivation Activation;
        public bool IsLast;

        /// <summary>Whether the sums are C as they stand.</summary>
        public readonly bool IsStore =>
            Alpha == 1 && Beta == 0 && (!IsLast || (RowBias == null && ColumnBias == null && typeof(TActivation) == typeof(Identity)));

        public readonly Epilogue<TActivation> OfBlock(bool isFirst, bool isLast)
        {
            Epilogue<TActivation> block = this;
            block.Beta = isFirst ? Beta : 1;
            block.IsLast = isLast;
            return block;
        }

        /// <summary>Finishes a tile whose first element is (<paramref name="row"/>, <paramref name="column"/>) of C.</summary>
        /// <param name="sums">[rows, columns], unit column stride, rows padded to whole vectors.</param>
        /// <param name="row">The first row.</param>
        /// <param name="column">The first column.</param>
        /// <param name="rows">The rows of the tile.</param>
        /// <param name="columns">The columns of the tile.</param>
        /// <param name="c">The tile in C, of any strides.</param>
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public readonly void Apply<TSimd>(Strided sums, int row, int column, int rows, int columns, Strided c)
            where TSimd : struct, ISimd<TSimd>
        {
            float* columnBias = IsLast && ColumnBias != null ? ColumnBias + column : null;
            float* rowBias = IsLast && RowBias != null ? RowBias + row : null;
            for (int i = 0; i < rows; i++)
            {
                float* x = sums.At(i, 0), y = c.At(i, 0);
                if (c.ColumnStride == 1)
                {
                    Row<TSimd>(x, rowBias == null ? null : rowBias + i, columnBias, y, columns);
                }
                else
                {
                    float* gathered = stackalloc float[64];
                    for (int j = 0; j < columns; j++) gathered[j] = Beta == 0 ? 0 : y[j * c.ColumnStride];
                    Row<TSimd>(x, rowBias == null ? null : rowBias + i, columnBias, gathered, columns);
                    for (int j = 0; j < columns; j++) y[j * c.ColumnStride] = gathered[j];
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Row<TSimd>(float* sums, float* rowBias, float* columnBias, float* c, int columns)
            where TSimd : struct, ISimd<TSimd>
        {
            int j = 0;
            for (; j <= columns - TSimd.Count; j += TSimd.Count)
            {
                TSimd old = Beta == 0 ? TSimd.Zero : TSimd.Load(c + j);
                TSimd bias = columnBias == null ? TSimd.Zero : TSimd.Load(columnBias + j);
                Finish(TSimd.Load(sums + j), old, rowBias, columnBias, bias).Store(c + j);
            }

            if (j < columns)
            {
                int left = columns - j;
                TSimd old = Beta == 0 ? TSimd.Zero : TSimd.LoadPartial(c + j, left);
                TSimd bias = columnBias == null ? TSimd.Zero : TSimd.LoadPartial(columnBias + j, left);
                Finish(TSimd.Load(sums + j), old, rowBias, columnBias, bias).StorePartial(c + j, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TSimd Finish<TSimd>(TSimd sum, TSimd old, float* rowBias, float* columnBias, TSimd bias)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd value = sum * TSimd.Broadcast(Alpha);
            value = Beta == 0 ? value : TSimd.FusedMultiplyAdd(TSimd.Broadcast(Beta), old, value);
            value = rowBias == null ? value : value + TSimd.Broadcast(*rowBias);
            value = columnBias == null ? value : value + bias;
            return IsLast ? Activation.Invoke(value) : value;
        }
    }
}
