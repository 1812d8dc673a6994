using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

internal static unsafe partial class Winograd
{
    /// <summary>The weights of one group, [outChannels, channels, 3, 3]; turned, they carry back, from outChannels to channels.</summary>
    public readonly struct Weights(float* w, int outChannels, int channels, bool turned)
    {
        /// <summary>Channels that are made.</summary>
        public int Rows => turned ? channels : outChannels;

        /// <summary>Channels that are seen.</summary>
        public int Columns => turned ? outChannels : channels;

        /// <summary>The time of a weight's way to the points, in multiply-adds.</summary>
        private const int Cost = 512;

        /// <summary>From the weights of a row, and of a column, to those of the next.</summary>
        private (nint Row, nint Column) Strides => turned ? (Taps, (nint)channels * Taps) : ((nint)channels * Taps, Taps);

        /// <summary>All of them to the points.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void ToPoints<TForm>(float* u, int maxThreads)
            where TForm : struct, IForm => WorkerTeam.For(
            Rows, Math.Clamp(Gemm.Blocking.Grain / (Columns * Cost), 1, Rows), new Range<TForm>(this, u), maxThreads);

        /// <summary>Rows of them, to row <paramref name="to"/> and those after it of matrices of <paramref name="rows"/> rows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void ToPoints<TForm, TSimd>(int start, int end, float* u, int rows, int to)
            where TForm : struct, IForm
            where TSimd : struct, ISimd<TSimd>
        {
            (nint rowStride, nint columnStride) = Strides;
            int columns = Columns, rowsAtOnce = turned ? end - start : 1; // weights that lie side by side, one after the other
            float* room = new Scratch(0, 0).Room;
            for (int first = start; first < end; first += rowsAtOnce)
            {
                for (int column = 0; column < columns; column += TSimd.Count)
                {
                    for (int row = first; row < first + rowsAtOnce; row++)
                    {
                        WeightPlace place = new(rows, columns, to + row - start, column, columns - column);
                        TransformWeights<TForm, TSimd>(w + (row * rowStride) + (column * columnStride), columnStride, turned, room, u, place);
                    }
                }
            }
        }

        /// <summary>All of them to the points of stride 1, as [36, columns, rows]: beside each other those of channels that are made.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void ToPointsAcross<TSimd>(float* u)
            where TSimd : struct, ISimd<TSimd>
        {
            (nint rowStride, nint columnStride) = Strides;
            float* room = new Scratch(0, 0).Room;
            for (int row = 0; row < Rows; row += TSimd.Count)
            {
                for (int column = 0; column < Columns; column++)
                {
                    WeightPlace place = new(Columns, Rows, column, row, Rows - row);
                    TransformWeights<StrideOne, TSimd>(w + (row * rowStride) + (column * columnStride), rowStride, turned, room, u, place);
                }
            }
        }

        private readonly struct Range<TForm>(Weights weights, float* u, int start = 0, int end = 0) : IRangeBody, ISimdKernel
            where TForm : struct, IForm
        {
            public void Invoke(int from, int to)
            {
                Range<TForm> range = new(weights, u, from, to);
                SimdWidth.Invoke(ref range);
            }

            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd> =>
                weights.ToPoints<TForm, TSimd>(start, end, u, weights.Rows, start);
        }
    }

    /// <summary>The weights of a vector of columns, the nine taps of each <paramref name="stride"/> from those of the next, turned round if they carry back.</summary>
    [MethodImpl(Leaf)]
    private static void TransformWeights<TForm, TSimd>(float* w, nint stride, bool turned, float* room, float* u, WeightPlace place)
        where TForm : struct, IForm
        where TSimd : struct, ISimd<TSimd>
    {
        if (place.Count < TSimd.Count)
        {
            float* taps = room + (3 * Points * TSimd.Count);
            for (int i = 0; i < place.Count * Taps; i++)
            {
                taps[i] = w[(i / Taps * stride) + (i % Taps)];
            }

            w = taps;
            stride = Taps;
        }

        var (g0, g1, g2, g3) = TSimd.LoadColumns(w, stride);
        var (g4, g5, g6, g7) = TSimd.LoadColumns(w + 4, stride);
        TSimd g8 = TSimd.LoadColumns(w + 5, stride).D;
        if (turned)
        {
            (g0, g1, g2, g3, g5, g6, g7, g8) = (g8, g7, g6, g5, g3, g2, g1, g0);
        }

        TForm.PutWeights(new Apart(room, 3 * TSimd.Count), g0, g3, g6);
        TForm.PutWeights(new Apart(room + TSimd.Count, 3 * TSimd.Count), g1, g4, g7);
        TForm.PutWeights(new Apart(room + (2 * TSimd.Count), 3 * TSimd.Count), g2, g5, g8);
        TForm.WeightsToPoints<TSimd>(room, u, place);
    }
}
