using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

internal static unsafe partial class Winograd
{
    /// <summary>
    /// The gradient of the weights of one group, the adjoint of what their convolution does to them: <c>dg = Gᵀ[ Σ (A·dY·Aᵀ) ⊙ (Bᵀ·d·B) ]G</c>, summed over
    /// tiles in order, block after block.
    /// <code>
    /// for each block of tiles       V [36, tiles, channels]: their pixels at the points, stood up
    ///                               E [36, outChannels, tiles]: the gradients of their outputs
    ///   for each block of channels  36 products E·V, back to the nine taps, added to D [9, outChannels, channels]
    /// then                          D to [outChannels, channels, 9]
    /// </code>
    /// </summary>
    public struct WeightGradient
    {
        private const int Rows = Gemm.Blocking.TileRows, Columns = 32, PointChannels = 16;

        public TileGrid Grid;
        public TileSource Pixels, Gradients;
        public int Channels, OutChannels;
        public float* Room; // RoomLength values
        public float* DWeight;

        private int _firstTile;

        /// <summary>V, E and D.</summary>
        public static int RoomLength(int outChannels, int channels)
        {
            int columns = Padded(channels);
            return (Frequencies * (int)(Step(MostTiles, columns) + Step(outChannels, MostTiles))) + (Taps * outChannels * columns);
        }

        private readonly int RowLength => Padded(Channels);

        private readonly nint PixelStep => Step(MostTiles, RowLength);

        private readonly nint GradientStep => Step(OutChannels, MostTiles);

        private readonly float* E => Room + (Frequencies * PixelStep);

        private readonly float* D => E + (Frequencies * GradientStep);

        private readonly int PixelPieces => (Channels + PointChannels - 1) / PointChannels;

        private readonly int Tiles => Math.Min(MostTiles, Grid.Count - _firstTile);

        public void Run(int maxThreads)
        {
            if (Grid.Count == 0)
            {
                new Span<float>(DWeight, OutChannels * Channels * Taps).Clear();
                return;
            }

            int threads = Threads((long)Frequencies * MostTiles * OutChannels * Channels, maxThreads);
            for (_firstTile = 0; _firstTile < Grid.Count; _firstTile += MostTiles)
            {
                WorkerTeam.For(PixelPieces + ((OutChannels + PointChannels - 1) / PointChannels), 1, new Range(this, Phase.ToPoints), threads);
                WorkerTeam.For((OutChannels + Rows - 1) / Rows, 1, new Range(this, Phase.Multiply), threads);
            }

            WorkerTeam.For(OutChannels, Math.Max(1, OutChannels / threads), new Range(this, Phase.Finish), threads);
        }

        private static int Padded(int channels) => (channels + PointChannels - 1) / PointChannels * PointChannels;

        private enum Phase
        {
            ToPoints,
            Multiply,
            Finish,
        }

        private readonly struct Range(WeightGradient gradient, Phase phase, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        {
            public void Invoke(int from, int to)
            {
                Range range = new(gradient, phase, from, to);
                SimdWidth.Invoke(ref range);
            }

            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd> => gradient.Do<TSimd>(phase, start, end);
        }

        private readonly void Do<TSimd>(Phase phase, int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            TileRun* room = stackalloc TileRun[MostTiles];
            ReadOnlySpan<TileRun> runs = phase == Phase.ToPoints ? new(room, Grid.Cut(_firstTile, Tiles, room)) : default;
            for (int item = start; item < end; item++)
            {
                switch (phase)
                {
                    case Phase.ToPoints when item < PixelPieces:
                        StandPixels<TSimd>(runs, item * PointChannels);
                        break;
                    case Phase.ToPoints:
                        GradientsToPoints<TSimd>(runs, (item - PixelPieces) * PointChannels);
                        break;
                    case Phase.Multiply:
                        Multiply<TSimd>(item * Rows);
                        break;
                    default:
                        InterleaveTaps(D + ((nint)item * RowLength), (nint)OutChannels * RowLength, Channels, DWeight + ((nint)item * Channels * Taps));
                        break;
                }
            }
        }

        private readonly void StandPixels<TSimd>(ReadOnlySpan<TileRun> runs, int channel)
            where TSimd : struct, ISimd<TSimd>
        {
            Scratch scratch = new(PointChannels, MostTiles);
            int count = Math.Min(PointChannels, Channels - channel);
            Winograd.ToPoints<TSimd>(in Pixels, runs, channel, channel + count, MostTiles, in scratch);
            for (int frequency = 0; frequency < Frequencies; frequency++)
            {
                Gemm.Strided source = new(scratch.V + (frequency * scratch.Step), 1, MostTiles);
                Gemm.Copy<TSimd>(source, MostTiles, count, Room + (frequency * PixelStep) + channel, RowLength);
            }
        }

        private readonly void GradientsToPoints<TSimd>(ReadOnlySpan<TileRun> runs, int channel)
            where TSimd : struct, ISimd<TSimd>
        {
            Scratch scratch = new(PointChannels, MostTiles);
            for (int end = Math.Min(channel + PointChannels, OutChannels); channel < end; channel++)
            {
                foreach (ref readonly TileRun run in runs)
                {
                    float* lines = scratch.Lines + (run.Start * TileGrid.Side), source = Gradients.Plane(run.Image, channel);
                    nint stride = Gradients.Width;
                    int length = Math.Min(run.Count * TileGrid.Side, Gradients.Width - run.X);
                    source += ((nint)run.Y * stride) + run.X;
                    if (run.Y + TileGrid.Side > Gradients.Height)
                    {
                        CopyBorder<TSimd>(source - (run.Y * stride), stride, run.Y, Gradients.Height, length, scratch.Room);
                        source = scratch.Room;
                        stride = LineLength;
                    }

                    TransformGradientColumns<TSimd>(source, stride, length, run.Count * TileGrid.Side, Gradients.Area, lines);
                }

                TransformGradientLines<TSimd>(scratch.Lines, MostTiles, E + ((nint)channel * MostTiles), GradientStep);
            }
        }

        private readonly void Multiply<TSimd>(int outChannel)
            where TSimd : struct, ISimd<TSimd>
        {
            float* products = new Scratch(PointChannels, MostTiles).M;
            nint step = Step(Rows, Columns), tapStep = (nint)OutChannels * RowLength;
            Gemm.TileProducts tile = new() { Rows = Math.Min(Rows, OutChannels - outChannel), K = Tiles };
            for (int channel = 0; channel < Channels; channel += Columns)
            {
                tile.Columns = Math.Min(Columns, Channels - channel);
                for (int frequency = 0; frequency < Frequencies; frequency++)
                {
                    tile.A = new(E + (frequency * GradientStep) + ((nint)outChannel * MostTiles), MostTiles, 1);
                    tile.B = new(Room + (frequency * PixelStep) + channel, RowLength, 1);
                    tile.C = new(products + (frequency * step), Columns, 1);
                    tile.Invoke<TSimd>();
                }

                for (int row = 0; row < tile.Rows; row++)
                {
                    float* taps = D + ((nint)(outChannel + row) * RowLength) + channel;
                    AddTaps<TSimd>(products + (row * Columns), step, tile.Columns, taps, tapStep, adds: _firstTile > 0);
                }
            }
        }
    }

    /// <summary>Gradients of tiles of outputs along the columns, zeros after <paramref name="length"/> of them.</summary>
    [MethodImpl(Leaf)]
    private static void TransformGradientColumns<TSimd>(float* source, nint stride, int length, int end, nint ahead, float* lines)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < end; j += TSimd.Count)
        {
            float* value = source + j;
            for (int row = 0; row < TileGrid.Side; row++)
            {
                Cache.Prefetch(value + ahead + (row * stride));
            }

            int left = length - j;
            Apart points = new(lines + j, LineLength);
            if (left >= TSimd.Count)
            {
                PutGradient(points, TSimd.Load(value), TSimd.Load(value + stride), TSimd.Load(value + (2 * stride)), TSimd.Load(value + (3 * stride)));
            }
            else
            {
                PutGradient(
                    points, TSimd.LoadPartial(value, left), TSimd.LoadPartial(value + stride, left),
                    TSimd.LoadPartial(value + (2 * stride), left), TSimd.LoadPartial(value + (3 * stride), left));
            }
        }
    }

    /// <summary>Then along the lines, a lane for each tile.</summary>
    [MethodImpl(Leaf)]
    private static void TransformGradientLines<TSimd>(float* lines, int tiles, float* destination, nint step)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = 0; row < Points; row++)
        {
            for (int j = 0; j < tiles; j += TSimd.Count)
            {
                float* value = lines + (TileGrid.Side * j);
                var (even, odd) = TSimd.Deinterleave(TSimd.Load(value), TSimd.Load(value + TSimd.Count));
                var (nextEven, nextOdd) = TSimd.Deinterleave(TSimd.Load(value + (2 * TSimd.Count)), TSimd.Load(value + (3 * TSimd.Count)));
                var (y0, y2) = TSimd.Deinterleave(even, nextEven);
                var (y1, y3) = TSimd.Deinterleave(odd, nextOdd);
                PutGradient(new Apart(destination + j, step), y0, y1, y2, y3);
            }

            lines += LineLength;
            destination += Points * step;
        }
    }

    /// <summary>Products of one output channel back to the taps of their weights.</summary>
    [MethodImpl(Leaf)]
    private static void AddTaps<TSimd>(float* products, nint step, int count, float* taps, nint tapStep, bool adds)
        where TSimd : struct, ISimd<TSimd>
    {
        float* room = stackalloc float[3 * Points * 16];
        for (int j = 0; j < count; j += TSimd.Count)
        {
            float* source = products + j, column = room;
            for (int point = 0; point < Points; point++)
            {
                var (g0, g1, g2) = TapsOf(
                    TSimd.Load(source), TSimd.Load(source + (6 * step)), TSimd.Load(source + (12 * step)), TSimd.Load(source + (18 * step)),
                    TSimd.Load(source + (24 * step)), TSimd.Load(source + (30 * step)));
                g0.Store(column);
                g1.Store(column + (Points * TSimd.Count));
                g2.Store(column + (2 * Points * TSimd.Count));
                column += TSimd.Count;
                source += step;
            }

            float* line = room, tap = taps + j;
            for (int row = 0; row < 3; row++)
            {
                var (g0, g1, g2) = TapsOf(
                    TSimd.Load(line), TSimd.Load(line + TSimd.Count), TSimd.Load(line + (2 * TSimd.Count)), TSimd.Load(line + (3 * TSimd.Count)),
                    TSimd.Load(line + (4 * TSimd.Count)), TSimd.Load(line + (5 * TSimd.Count)));
                (adds ? TSimd.Load(tap) + g0 : g0).Store(tap);
                (adds ? TSimd.Load(tap + tapStep) + g1 : g1).Store(tap + tapStep);
                (adds ? TSimd.Load(tap + (2 * tapStep)) + g2 : g2).Store(tap + (2 * tapStep));
                line += Points * TSimd.Count;
                tap += 3 * tapStep;
            }
        }
    }

    /// <summary>[9, channels] to [channels, 9].</summary>
    private static void InterleaveTaps(float* source, nint step, int channels, float* destination)
    {
        for (int channel = 0; channel < channels; channel++)
        {
            for (int tap = 0; tap < Taps; tap++)
            {
                destination[tap] = source[tap * step];
            }

            source++;
            destination += Taps;
        }
    }
}
