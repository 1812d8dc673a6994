using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

internal static unsafe partial class Winograd
{
    /// <summary>
    /// The gradient of the weights of one group, the adjoint of what their convolution does to them: <c>dg = Gᵀ[ Σ (A·dY·Aᵀ) ⊙ (Bᵀ·d·B) ]G</c>. Tiles are
    /// summed in order, block after block, in <see cref="Parts"/> if there are many of them for the weights.
    /// <code>
    /// for some blocks of tiles      V [36, tiles, channels]: their pixels at the points, stood up
    ///                               E [36, outChannels, tiles]: the gradients of their outputs
    ///   for each block of channels  36 products E·V, back to the nine taps, added to D [outChannels, 9, channels]; at last to [outChannels, channels, 9]
    /// </code>
    /// </summary>
    /// <remarks>
    /// Threads share parts, each with V and E of its own: what one writes and another reads has to cross between their caches, and with the blocks shared
    /// 16 channels of 28 × 28 took two threads 1.7 times as long as one. Where there are few parts they share the blocks.
    /// </remarks>
    public partial struct WeightGradient
    {
        /// <summary>Rows of D that a block of a widest vector's may reach past the last.</summary>
        private const int MostTaps = 16;

        /// <summary>Blocks of tiles of few channels are taken several at a time, so that threads meet less often: as many values of V and E, half a MiB.</summary>
        private const int RoomAtOnce = 1 << 17;

        /// <summary>Tiles of a part: no fewer than two blocks, and whole vectors.</summary>
        private const int FewestTiles = 2 * MostTiles, TilesStep = MostTiles / 2;

        public TileGrid Grid;
        public TileSource Pixels, Gradients;
        public int Channels, OutChannels;
        public float* Room; // RoomLength values
        public float* DWeight;

        private float* _points, _sums; // V and E of some blocks; D
        private int _blocksAtOnce, _startTile, _endTile, _firstTile;

        /// <summary>V and E, and D of each part.</summary>
        public static int RoomLength(int outChannels, int channels) =>
            (BlocksAtOnce(outChannels, channels) * BlockLength(outChannels, channels))
            + (MostParts(outChannels, channels) * SumLength(outChannels, channels)) + (MostTaps * Padded(channels));

        private static int BlockLength(int outChannels, int channels) =>
            Frequencies * (int)(Step(MostTiles, Padded(channels)) + Step(outChannels, MostTiles));

        private static int SumLength(int outChannels, int channels) => Taps * outChannels * Padded(channels);

        private static int BlocksAtOnce(int outChannels, int channels) => Math.Max(1, RoomAtOnce / BlockLength(outChannels, channels));

        /// <summary>One where V and E of a block do not fit a thread's scratch.</summary>
        private static int MostParts(int outChannels, int channels) => BlockLength(outChannels, channels) <= Gemm.Blocking.ScratchLength / 2
            ? Parts.Most(SumLength(outChannels, channels))
            : 1;

        private readonly int PartCount => Parts.Count(MostParts(OutChannels, Channels), Grid.Count / FewestTiles);

        private readonly bool IsLast => _firstTile + TilesAtOnce >= _endTile;

        public void Run(int maxThreads)
        {
            if (Grid.Count == 0)
            {
                new Span<float>(DWeight, OutChannels * Channels * Taps).Clear();
                return;
            }

            Begin();
            long work = (long)Frequencies * OutChannels * Channels;
            int parts = PartCount, threads = Gemm.Blocking.Threads(work * (parts > 1 ? Grid.Count : Math.Min(TilesAtOnce, Grid.Count)), maxThreads);
            if (threads == 1)
            {
                Range all = new(this, Stage.All);
                SimdWidth.Invoke(ref all);
            }
            else if (parts > 1)
            {
                WorkerTeam.For(parts, 1, new Range(this, Stage.Parts), threads);
                WorkerTeam.For(OutChannels, Math.Max(1, OutChannels / threads), new Range(this, Stage.Weights), threads);
            }
            else
            {
                for (; _firstTile < _endTile; _firstTile += TilesAtOnce)
                {
                    WorkerTeam.For(PointPieces * Blocks, 1, new Range(this, Stage.Points), threads);
                    WorkerTeam.For(ProductPieces, 1, new Range(this, Stage.Products), threads);
                }
            }
        }

        /// <summary>All of it, on this thread.</summary>
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Begin();
            if (PartCount > 1)
            {
                SumParts<TSimd>(0, PartCount);
                ToWeights<TSimd>(0, OutChannels);
            }
            else
            {
                Sum<TSimd>();
            }
        }

        private static int Padded(int channels) => (channels + PointChannels - 1) / PointChannels * PointChannels;

        /// <summary>All tiles, which threads share.</summary>
        private void Begin()
        {
            _blocksAtOnce = BlocksAtOnce(OutChannels, Channels);
            _points = Room;
            _sums = Room + (_blocksAtOnce * BlockLength(OutChannels, Channels));
            (_startTile, _endTile, _firstTile) = (0, Grid.Count, 0);
        }

        /// <summary>The tiles of a part, on one thread, with what it has made last in a near cache.</summary>
        private readonly WeightGradient Part(int part)
        {
            WeightGradient some = this;
            int steps = Grid.Count / TilesStep, parts = PartCount;
            some._blocksAtOnce = 1;
            some._points = new Scratch(PointChannels, MostTiles).M + (Frequencies * Step(Rows, Columns));
            some._sums += (nint)part * SumLength(OutChannels, Channels);
            some._startTile = some._firstTile = Parts.Start(part, parts, steps) * TilesStep;
            some._endTile = part + 1 == parts ? Grid.Count : Parts.Start(part + 1, parts, steps) * TilesStep;
            return some;
        }

        private enum Stage
        {
            All,
            Parts,
            Weights,
            Points,
            Products,
        }

        private readonly struct Range(WeightGradient gradient, Stage stage, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        {
            public void Invoke(int from, int to)
            {
                Range range = new(gradient, stage, from, to);
                SimdWidth.Invoke(ref range);
            }

            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                WeightGradient some = gradient;
                switch (stage)
                {
                    case Stage.All:
                        some.Run<TSimd>();
                        break;
                    case Stage.Parts:
                        some.SumParts<TSimd>(start, end);
                        break;
                    case Stage.Weights:
                        some.ToWeights<TSimd>(start, end);
                        break;
                    case Stage.Points:
                        some.ToPoints<TSimd>(start, end);
                        break;
                    default:
                        some.Multiply<TSimd>(start, end);
                        break;
                }
            }
        }
    }
}
