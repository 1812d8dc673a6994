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
    ///   for each block of channels  36 products E·V, back to the nine taps, added to D [outChannels, 9, channels]; at last to [outChannels, channels, 9]
    /// </code>
    /// </summary>
    public struct WeightGradient
    {
        /// <summary>Rows of D that a block of a widest vector's may reach past the last.</summary>
        private const int MostTaps = 16;

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
            return (Frequencies * (int)(Step(MostTiles, columns) + Step(outChannels, MostTiles))) + (((Taps * outChannels) + MostTaps) * columns);
        }

        private readonly int RowLength => Padded(Channels);

        private readonly nint PixelStep => Step(MostTiles, RowLength);

        private readonly nint GradientStep => Step(OutChannels, MostTiles);

        private readonly float* E => Room + (Frequencies * PixelStep);

        private readonly float* D => E + (Frequencies * GradientStep);

        private readonly int PixelPieces => Padded(Channels) / PointChannels;

        private readonly int PointPieces => PixelPieces + (Padded(OutChannels) / PointChannels);

        private readonly int ProductPieces => (OutChannels + Rows - 1) / Rows;

        private readonly int Tiles => Math.Min(MostTiles, Grid.Count - _firstTile);

        public void Run(int maxThreads)
        {
            if (Grid.Count == 0)
            {
                new Span<float>(DWeight, OutChannels * Channels * Taps).Clear();
                return;
            }

            int threads = Threads((long)Frequencies * MostTiles * OutChannels * Channels, maxThreads);
            if (threads == 1)
            {
                Alone alone = new(this);
                SimdWidth.Invoke(ref alone);
                return;
            }

            for (_firstTile = 0; _firstTile < Grid.Count; _firstTile += MostTiles)
            {
                WorkerTeam.For(PointPieces, 1, new Range(this, isProduct: false), threads);
                WorkerTeam.For(ProductPieces, 1, new Range(this, isProduct: true), threads);
            }
        }

        /// <summary>All of it, on this thread.</summary>
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (_firstTile = 0; _firstTile < Grid.Count; _firstTile += MostTiles)
            {
                ToPoints<TSimd>(0, PointPieces);
                Multiply<TSimd>(0, ProductPieces);
            }
        }

        private static int Padded(int channels) => (channels + PointChannels - 1) / PointChannels * PointChannels;

        private readonly struct Alone(WeightGradient gradient) : ISimdKernel
        {
            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                WeightGradient all = gradient;
                all.Run<TSimd>();
            }
        }

        private readonly struct Range(WeightGradient gradient, bool isProduct, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        {
            public void Invoke(int from, int to)
            {
                Range range = new(gradient, isProduct, from, to);
                SimdWidth.Invoke(ref range);
            }

            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                if (isProduct)
                {
                    gradient.Multiply<TSimd>(start, end);
                }
                else
                {
                    gradient.ToPoints<TSimd>(start, end);
                }
            }
        }

        private readonly void ToPoints<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            TileRun* room = stackalloc TileRun[MostTiles];
            ReadOnlySpan<TileRun> runs = new(room, Grid.Cut(_firstTile, Tiles, room));
            for (int piece = start; piece < end; piece++)
            {
                if (piece < PixelPieces)
                {
                    StandPixels<TSimd>(runs, piece * PointChannels);
                }
                else
                {
                    GradientsToPoints<TSimd>(runs, (piece - PixelPieces) * PointChannels);
                }
            }
        }

        private readonly void Multiply<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int channel = start * Rows; channel < Math.Min(end * Rows, OutChannels); channel += Rows)
            {
                int rows = Math.Min(Rows, OutChannels - channel);
                MultiplyRows<TSimd>(channel, rows);
                for (int row = channel; row < channel + rows && _firstTile + MostTiles >= Grid.Count; row++)
                {
                    InterleaveTaps<TSimd>(D + ((nint)row * Taps * RowLength), RowLength, Channels, DWeight + ((nint)row * Channels * Taps));
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

        private readonly void MultiplyRows<TSimd>(int outChannel, int rows)
            where TSimd : struct, ISimd<TSimd>
        {
            Scratch scratch = new(PointChannels, MostTiles);
            nint step = Step(Rows, Columns);
            Gemm.TileProducts products = new() { Rows = rows, K = Tiles };
            for (int channel = 0; channel < Channels; channel += Columns)
            {
                products.Columns = Math.Min(Columns, Channels - channel);
                for (int frequency = 0; frequency < Frequencies; frequency++)
                {
                    products.A = new(E + (frequency * GradientStep) + ((nint)outChannel * MostTiles), MostTiles, 1);
                    products.B = new(Room + (frequency * PixelStep) + channel, RowLength, 1);
                    products.C = new(scratch.M + (frequency * step), Columns, 1);
                    products.Invoke<TSimd>();
                }

                for (int row = 0; row < rows; row++)
                {
                    float* taps = D + ((nint)(outChannel + row) * Taps * RowLength) + channel;
                    AddTaps<TSimd>(scratch.M + (row * Columns), step, products.Columns, taps, RowLength, adds: _firstTile > 0, scratch.Room);
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
    private static void AddTaps<TSimd>(float* products, nint step, int count, float* taps, nint tapStep, bool adds, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
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

    /// <summary>[9, channels] to [channels, 9]: a vector of taps of four channels at a time, the last of fewer.</summary>
    [MethodImpl(Leaf)]
    private static void InterleaveTaps<TSimd>(float* source, nint step, int channels, float* destination)
        where TSimd : struct, ISimd<TSimd>
    {
        int whole = channels / 4 * 4;
        for (int tap = 0; tap < Taps; tap += TSimd.Count)
        {
            int count = Math.Min(Taps - tap, TSimd.Count);
            for (int channel = 0; channel < whole; channel += 4)
            {
                float* first = destination + ((nint)channel * Taps) + tap;
                var (a, b, c, d) = TSimd.LoadColumns(source + (tap * step) + channel, step);
                a.StorePartial(first, count);
                b.StorePartial(first + Taps, count);
                c.StorePartial(first + (2 * Taps), count);
                d.StorePartial(first + (3 * Taps), count);
            }
        }

        for (int i = whole * Taps; i < channels * Taps; i++)
        {
            destination[i] = source[(i % Taps * step) + (i / Taps)];
        }
    }
}
