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
    /// for some blocks of tiles      V [36, tiles, channels]: their pixels at the points, stood up
    ///                               E [36, outChannels, tiles]: the gradients of their outputs
    ///   for each block of channels  36 products E·V, back to the nine taps, added to D [outChannels, 9, channels]; at last to [outChannels, channels, 9]
    /// </code>
    /// </summary>
    public struct WeightGradient
    {
        /// <summary>Rows of D that a block of a widest vector's may reach past the last.</summary>
        private const int MostTaps = 16;

        /// <summary>Blocks of tiles of few channels are taken several at a time, so that threads meet less often: as many values of V and E, half a MiB.</summary>
        private const int RoomAtOnce = 1 << 17;

        /// <summary>Of a tile: a few less than the most, so that threads share 16 and 32 evenly.</summary>
        private const int Rows = 8, Columns = 32, PointChannels = 16;

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
            return (BlocksAtOnce(outChannels, channels) * BlockLength(outChannels, channels)) + (((Taps * outChannels) + MostTaps) * columns);
        }

        private static int BlockLength(int outChannels, int channels) =>
            Frequencies * (int)(Step(MostTiles, Padded(channels)) + Step(outChannels, MostTiles));

        private static int BlocksAtOnce(int outChannels, int channels) => Math.Max(1, RoomAtOnce / BlockLength(outChannels, channels));

        private readonly int RowLength => Padded(Channels);

        private readonly nint PixelStep => Step(MostTiles, RowLength);

        private readonly nint GradientStep => Step(OutChannels, MostTiles);

        private readonly float* D => V(BlocksAtOnce(OutChannels, Channels));

        private readonly int PixelPieces => Padded(Channels) / PointChannels;

        private readonly int PointPieces => PixelPieces + (Padded(OutChannels) / PointChannels);

        private readonly int ProductPieces => (OutChannels + Rows - 1) / Rows;

        private readonly int TilesAtOnce => MostTiles * BlocksAtOnce(OutChannels, Channels);

        /// <summary>The blocks that are at hand.</summary>
        private readonly int Blocks => (Math.Min(TilesAtOnce, Grid.Count - _firstTile) + MostTiles - 1) / MostTiles;

        private readonly float* V(int block) => Room + ((nint)block * BlockLength(OutChannels, Channels));

        private readonly float* E(int block) => V(block) + (Frequencies * PixelStep);

        private readonly int FirstTile(int block) => _firstTile + (block * MostTiles);

        private readonly int Tiles(int block) => Math.Min(MostTiles, Grid.Count - FirstTile(block));

        public void Run(int maxThreads)
        {
            if (Grid.Count == 0)
            {
                new Span<float>(DWeight, OutChannels * Channels * Taps).Clear();
                return;
            }

            int threads = Threads((long)Frequencies * Math.Min(TilesAtOnce, Grid.Count) * OutChannels * Channels, maxThreads);
            if (threads == 1)
            {
                Alone alone = new(this);
                SimdWidth.Invoke(ref alone);
                return;
            }

            for (_firstTile = 0; _firstTile < Grid.Count; _firstTile += TilesAtOnce)
            {
                WorkerTeam.For(PointPieces * Blocks, 1, new Range(this, isProduct: false), threads);
                WorkerTeam.For(ProductPieces, 1, new Range(this, isProduct: true), threads);
            }
        }

        /// <summary>All of it, on this thread.</summary>
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (_firstTile = 0; _firstTile < Grid.Count; _firstTile += TilesAtOnce)
            {
                ToPoints<TSimd>(0, PointPieces * Blocks);
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void ToPoints<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            TileRun* room = stackalloc TileRun[MostTiles];
            for (int item = start; item < end; item++)
            {
                (int block, int piece) = Math.DivRem(item, PointPieces);
                ReadOnlySpan<TileRun> runs = new(room, Grid.Cut(FirstTile(block), Tiles(block), room));
                if (piece < PixelPieces)
                {
                    StandPixels<TSimd>(runs, piece * PointChannels, V(block));
                }
                else
                {
                    GradientsToPoints<TSimd>(runs, (piece - PixelPieces) * PointChannels, E(block));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Multiply<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int channel = start * Rows; channel < Math.Min(end * Rows, OutChannels); channel += Rows)
            {
                int rows = Math.Min(Rows, OutChannels - channel);
                for (int block = 0; block < Blocks; block++)
                {
                    MultiplyRows<TSimd>(block, channel, rows);
                }

                for (int row = channel; row < channel + rows && _firstTile + TilesAtOnce >= Grid.Count; row++)
                {
                    InterleaveTaps<TSimd>(D + ((nint)row * Taps * RowLength), RowLength, Channels, DWeight + ((nint)row * Channels * Taps));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void StandPixels<TSimd>(ReadOnlySpan<TileRun> runs, int channel, float* v)
            where TSimd : struct, ISimd<TSimd>
        {
            Scratch scratch = new(PointChannels, MostTiles);
            int count = Math.Min(PointChannels, Channels - channel);
            Winograd.ToPoints<TSimd>(in Pixels, runs, channel, channel + count, MostTiles, in scratch);
            for (int frequency = 0; frequency < Frequencies; frequency++)
            {
                Gemm.Strided source = new(scratch.V + (frequency * scratch.Step), 1, MostTiles);
                Gemm.Copy<TSimd>(source, MostTiles, count, v + (frequency * PixelStep) + channel, RowLength);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void GradientsToPoints<TSimd>(ReadOnlySpan<TileRun> runs, int channel, float* e)
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

                TransformGradientLines<TSimd>(scratch.Lines, MostTiles, e + ((nint)channel * MostTiles), GradientStep);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void MultiplyRows<TSimd>(int block, int outChannel, int rows)
            where TSimd : struct, ISimd<TSimd>
        {
            Scratch scratch = new(PointChannels, MostTiles);
            nint step = Step(Rows, Columns);
            Gemm.TileProducts products = new() { Rows = rows, K = Tiles(block) };
            for (int channel = 0; channel < Channels; channel += Columns)
            {
                products.Columns = Math.Min(Columns, Channels - channel);
                for (int frequency = 0; frequency < Frequencies; frequency++)
                {
                    products.A = new(E(block) + (frequency * GradientStep) + ((nint)outChannel * MostTiles), MostTiles, 1);
                    products.B = new(V(block) + (frequency * PixelStep) + channel, RowLength, 1);
                    products.C = new(scratch.M + (frequency * step), Columns, 1);
                    products.Invoke<TSimd>();
                }

                for (int row = 0; row < rows; row++)
                {
                    float* taps = D + ((nint)(outChannel + row) * Taps * RowLength) + channel;
                    AddTaps<TSimd>(scratch.M + (row * Columns), step, products.Columns, taps, RowLength, adds: FirstTile(block) > 0, scratch.Room);
                }
            }
        }
    }
}
