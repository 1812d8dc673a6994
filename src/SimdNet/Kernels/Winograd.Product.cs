using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

internal static unsafe partial class Winograd
{
    /// <summary>The outputs of one group from its weights at the points.</summary>
    public struct Product<TActivation> : IRangeBody
        where TActivation : struct, IUnaryOperator
    {
        public TileGrid Grid;
        public TileSource Source;
        public int Channels, OutChannels;
        public float* U; // [36, outChannels, channels], a gap after each frequency
        public float* Bias; // [outChannels] or null
        public TActivation Activation;
        public float* Y; // [images, outChannels, height, width]
        public nint ImageStride;

        private int _blocks, _parts;

        /// <summary>Tiles of a block: fewer where there are so many channels that they would not fit a thread's scratch.</summary>
        private readonly int TilesAtOnce => Channels <= Gemm.Blocking.Kc / 2 ? MostTiles : MostTiles / 2;

        private readonly int PartChannels => (OutChannels + _parts - 1) / _parts;

        /// <summary>Shares blocks of tiles among threads; few of them also by output channels, whose pixels are then taken to the points twice.</summary>
        public void Run(int maxThreads)
        {
            int most = maxThreads == 0 ? WorkerTeam.Size : Math.Min(maxThreads, WorkerTeam.Size);
            long work = (long)Grid.Count * Channels * OutChannels * Frequencies;
            int threads = (int)Math.Clamp(work / Gemm.Blocking.Grain, 1, most);
            _blocks = (Grid.Count + TilesAtOnce - 1) / TilesAtOnce;
            _parts = threads == 1 || _blocks >= 4 * threads ? 1 : Math.Clamp(OutChannels / (2 * Gemm.Blocking.TileRows), 1, 2 * threads);
            int units = _blocks * _parts;
            WorkerTeam.For(units, Math.Max(1, units / (4 * threads)), this, threads);
        }

        public readonly void Invoke(int start, int end)
        {
            Units units = new(this, start, end);
            SimdWidth.Invoke(ref units);
        }

        private readonly struct Units(Product<TActivation> product, int start, int end) : ISimdKernel
        {
            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                for (int unit = start; unit < end; unit++)
                {
                    (int block, int part) = Math.DivRem(unit, product._parts);
                    int first = part * product.PartChannels;
                    product.Block<TSimd>(
                        block * product.TilesAtOnce, isNew: unit == start || part == 0, first, Math.Min(first + product.PartChannels, product.OutChannels));
                }
            }
        }

        private readonly void Block<TSimd>(int firstTile, bool isNew, int firstChannel, int endChannel)
            where TSimd : struct, ISimd<TSimd>
        {
            int tiles = Math.Min(TilesAtOnce, Grid.Count - firstTile);
            TileRun* runs = stackalloc TileRun[MostTiles];
            int count = Grid.Cut(firstTile, tiles, runs);
            Scratch scratch = new(Channels, TilesAtOnce);
            if (isNew)
            {
                ToPoints<TSimd>(in Source, new(runs, count), 0, Channels, TilesAtOnce, in scratch);
            }

            for (int channel = firstChannel; channel < endChannel; channel += OutChannelsAtOnce)
            {
                int channels = Math.Min(OutChannelsAtOnce, endChannel - channel);
                nint step = ((nint)channels * TilesAtOnce) + Gap;
                Multiply<TSimd>(channel, channels, tiles, in scratch, step);
                for (int i = 0; i < channels; i++)
                {
                    TransformBack<TSimd, TActivation>(
                        scratch.M + (i * TilesAtOnce), step, tiles, Bias == null ? null : Bias + channel + i, Activation, scratch.Lines, scratch.Room);
                    Place<TSimd>(new(runs, count), channel + i, scratch.Lines);
                }
            }
        }

        /// <summary>M = U·V for each frequency.</summary>
        private readonly void Multiply<TSimd>(int channel, int channels, int tiles, in Scratch scratch, nint step)
            where TSimd : struct, ISimd<TSimd>
        {
            Gemm.TileProducts products = default;
            products.Rows = channels;
            products.Columns = tiles;
            products.K = Channels;
            for (int frequency = 0; frequency < Frequencies; frequency++)
            {
                products.A = new(U + (frequency * (((nint)OutChannels * Channels) + Gap)) + ((nint)channel * Channels), Channels, 1);
                products.B = new(scratch.V + (frequency * scratch.Step), TilesAtOnce, 1);
                products.C = new(scratch.M + (frequency * step), TilesAtOnce, 1);
                products.Invoke<TSimd>();
            }
        }

        /// <summary>What of the tiles lies inside of the image.</summary>
        private readonly void Place<TSimd>(ReadOnlySpan<TileRun> runs, int channel, float* lines)
            where TSimd : struct, ISimd<TSimd>
        {
            foreach (ref readonly TileRun run in runs)
            {
                float* y = Y + (run.Image * ImageStride) + (((((nint)channel * Grid.Height) + run.Y) * Grid.Width) + run.X);
                CopyAhead<TSimd>(
                    lines + (run.Start * TileGrid.Side), y, Grid.Width, Math.Min(TileGrid.Side, Grid.Height - run.Y),
                    Math.Min(run.Count * TileGrid.Side, Grid.Width - run.X), (nint)Grid.Height * Grid.Width);
            }
        }
    }

    /// <summary>Pixels of some channels to the points.</summary>
    private static void ToPoints<TSimd>(in TileSource source, ReadOnlySpan<TileRun> runs, int start, int end, int tiles, in Scratch scratch)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int channel = start; channel < end; channel++)
        {
            foreach (ref readonly TileRun run in runs)
            {
                int y = run.Y - source.PadY, x = run.X - source.PadX, length = (run.Count * TileGrid.Side) + 2;
                float* plane = source.Plane(run.Image, channel), lines = scratch.Lines + (run.Start * TileGrid.Side);
                if (y >= 0 && y + Points <= source.Height)
                {
                    TransformColumns<TSimd>(plane + ((nint)y * source.Width), source.Width, x, source.Width, source.Area, length, lines);
                }
                else
                {
                    int before = Math.Max(0, x), inside = Math.Min(x + length, source.Width) - before;
                    CopyBorder<TSimd>(plane + before, source.Width, y, source.Height, inside, scratch.Room);
                    TransformColumns<TSimd>(scratch.Room, LineLength, x - before, inside, 0, length, lines);
                }
            }

            TransformLines<TSimd>(scratch.Lines, tiles, scratch.V + ((nint)(channel - start) * tiles), scratch.Step);
        }
    }

    /// <summary>This thread's scratch.</summary>
    private readonly struct Scratch(int channels, int tiles)
    {
        private readonly float* _start = Gemm.Scratch;

        /// <summary>Six lines.</summary>
        public float* Lines => _start;

        /// <summary>Six lines, or what a transform keeps between its two halves.</summary>
        public float* Room => Lines + (2 * ShiftedLines);

        public float* V => Room + (ShiftedLines);

        public nint Step => ((nint)channels * tiles) + Gap;

        public float* M => V + (Frequencies * Step);
    }
}
