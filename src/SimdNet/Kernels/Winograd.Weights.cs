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

        /// <summary>All of them to the points.</summary>
        public void ToPoints(float* u, int maxThreads) => WorkerTeam.For(
            Rows, Math.Clamp(Gemm.Blocking.Grain / (Columns * Frequencies), 1, Rows), new Range(this, u), maxThreads);

        /// <summary>Rows of them, to [36, rows, columns], a frequency <paramref name="step"/> from the next.</summary>
        public void ToPoints<TSimd>(int start, int end, float* u, nint step)
            where TSimd : struct, ISimd<TSimd>
        {
            nint outStride = (nint)channels * Taps;
            (nint rowStride, nint columnStride) = turned ? ((nint)Taps, outStride) : (outStride, (nint)Taps);
            for (int row = start; row < end; row++)
            {
                TransformWeights<TSimd>(w + (row * rowStride), columnStride, Columns, turned, u, step);
                u += Columns;
            }
        }

        private readonly struct Range(Weights weights, float* u, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        {
            public void Invoke(int from, int to)
            {
                Range range = new(weights, u, from, to);
                SimdWidth.Invoke(ref range);
            }

            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd> =>
                weights.ToPoints<TSimd>(start, end, u + ((nint)start * weights.Columns), Step(weights.Rows, weights.Columns));
        }
    }

    /// <summary>One row of weights, the nine taps of a column <paramref name="stride"/> from those of the next, turned round if they are to carry back.</summary>
    [MethodImpl(Leaf)]
    private static void TransformWeights<TSimd>(float* w, nint stride, int columns, bool turned, float* destination, nint step)
        where TSimd : struct, ISimd<TSimd>
    {
        float* taps = stackalloc float[Taps * 16];
        float* room = stackalloc float[Points * 3 * 16];
        for (int column = 0; column < columns; column += TSimd.Count)
        {
            float* source = w + (column * stride);
            nint distance = stride;
            int count = columns - column;
            if (count < TSimd.Count)
            {
                for (int i = 0; i < count * Taps; i++)
                {
                    taps[i] = source[(i / Taps * stride) + (i % Taps)];
                }

                source = taps;
                distance = Taps;
            }

            var (g0, g1, g2, g3) = TSimd.LoadColumns(source, distance);
            var (g4, g5, g6, g7) = TSimd.LoadColumns(source + 4, distance);
            TSimd g8 = TSimd.LoadColumns(source + 5, distance).D;
            if (turned)
            {
                (g0, g1, g2, g3, g5, g6, g7, g8) = (g8, g7, g6, g5, g3, g2, g1, g0);
            }

            PutWeights(new Apart(room, 3 * TSimd.Count), g0, g3, g6);
            PutWeights(new Apart(room + TSimd.Count, 3 * TSimd.Count), g1, g4, g7);
            PutWeights(new Apart(room + (2 * TSimd.Count), 3 * TSimd.Count), g2, g5, g8);
            float* line = room, result = destination + column;
            for (int point = 0; point < Points; point++)
            {
                PutWeights(new Apart(result, step), TSimd.Load(line), TSimd.Load(line + TSimd.Count), TSimd.Load(line + (2 * TSimd.Count)));
                line += 3 * TSimd.Count;
                result += Points * step;
            }
        }
    }
}
