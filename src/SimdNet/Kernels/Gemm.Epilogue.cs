using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

public static partial class Gemm
{
    /// <summary>
    /// What happens to the sums of a tile: <c>C ← activation(α·sums + β·C + bias)</c>. After the first block of k, β is 1; bias and
    /// activation come with the last.
    /// </summary>
    internal unsafe partial struct TileEpilogue<TActivation>
        where TActivation : struct, IUnaryOperator
    {
        public float Alpha, Beta;
        public float* RowBias; // [m] or null
        public float* ColumnBias; // [n] or null
        public TActivation Activation;

        /// <summary>Whether this is the last block of k.</summary>
        public bool IsLast;

        /// <summary>Whether bias or activation come with this block.</summary>
        public bool Finishes;

        /// <summary>Whether the sums of this block are C as they stand.</summary>
        public readonly bool IsStore => Stores && !Finishes;

        /// <summary>Whether the sums of this block are only to be added to C.</summary>
        public readonly bool IsAdd => Adds && !Finishes;

        /// <summary>Whether C takes the sums of this block as they stand, and is finished there if need be.</summary>
        public readonly bool Stores => Alpha == 1 && Beta == 0;

        /// <summary>Whether the sums of this block are only to be added to C, which is finished there if need be.</summary>
        public readonly bool Adds => Alpha == 1 && Beta == 1;

        /// <summary>Whether C is the plain product.</summary>
        public readonly bool IsNone => Stores && IsPlain;

        /// <summary>Whether nothing but a bias of each row and the activation is left to do.</summary>
        public readonly bool IsOfRows => IsLast && Alpha == 1 && Beta == 0 && ColumnBias == null;

        private readonly bool IsPlain => RowBias == null && ColumnBias == null && typeof(TActivation) == typeof(Identity);

        public readonly TileEpilogue<TActivation> OfBlock(bool isFirst, bool isLast)
        {
            TileEpilogue<TActivation> block = this;
            block.Beta = isFirst ? Beta : 1;
            block.IsLast = isLast;
            block.Finishes = isLast && !IsPlain;
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
            float* gathered = stackalloc float[Blocking.MaxWidth];
            for (int i = 0; i < rows; i++)
            {
                bool contiguous = c.ColumnStride == 1;
                float* values = contiguous ? c.At(i, 0) : gathered;
                for (int j = 0; j < columns && !contiguous && Beta != 0; j++)
                {
                    gathered[j] = *c.At(i, j);
                }

                for (int j = 0; j < columns; j += TSimd.Count)
                {
                    Finish(TSimd.Load(sums.At(i, j)), values + j, row + i, column + j, columns - j);
                }

                for (int j = 0; j < columns && !contiguous; j++)
                {
                    *c.At(i, j) = gathered[j];
                }
            }
        }

        /// <summary>Finishes one vector of sums, or the first <paramref name="count"/> of its lanes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Finish<TSimd>(TSimd sum, float* c, int row, int column, int count)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd value = sum * TSimd.Broadcast(Alpha);
            if (Beta != 0)
            {
                value = TSimd.FusedMultiplyAdd(TSimd.Broadcast(Beta), Read<TSimd>(c, count), value);
            }

            if (IsLast)
            {
                if (RowBias != null || ColumnBias != null)
                {
                    value += Bias<TSimd>(row, column, count);
                }

                value = Activation.Invoke(value);
            }

            Write(value, c, count);
        }

        /// <summary>Two biases are added to each other first: so a transposed product has the same bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TSimd Bias<TSimd>(int row, int column, int count)
            where TSimd : struct, ISimd<TSimd> =>
            ColumnBias == null ? TSimd.Broadcast(RowBias[row])
            : RowBias == null ? Read<TSimd>(ColumnBias + column, count)
            : TSimd.Broadcast(RowBias[row]) + Read<TSimd>(ColumnBias + column, count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TSimd Read<TSimd>(float* source, int count)
            where TSimd : struct, ISimd<TSimd> => count >= TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Write<TSimd>(TSimd value, float* destination, int count)
            where TSimd : struct, ISimd<TSimd>
        {
            if (count >= TSimd.Count)
            {
                value.Store(destination);
            }
            else
            {
                value.StorePartial(destination, count);
            }
        }
    }
}
