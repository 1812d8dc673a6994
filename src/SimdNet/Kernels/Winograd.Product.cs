using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

internal static unsafe partial class Winograd
{
    /// <summary>
    /// The outputs of one group.
    /// <code>
    /// for each block of tiles            V [36, channels, tiles]: their pixels at the points
    ///   for each block of channels       U [36, outChannels, channels]: of all, made before, or of these few, made now
    ///     for each point                 M [36, outChannels, tiles] = U·V
    ///     for each channel               M back to outputs, bias, activation, perhaps the largest of four, Y
    /// </code>
    /// </summary>
    public struct Product<TForm, TActivation> : IRangeBody
        where TForm : struct, IForm
        where TActivation : struct, IUnaryOperator
    {
        /// <summary>
        /// Tiles of a thread that takes all weights to the points itself. What one thread makes and another reads has to cross between their caches: with
        /// the weights shared, 64 channels of 7 × 7 took two threads 345 µs where one took 320.
        /// </summary>
        private const int TilesOfThread = 2 * MostTiles;

        public TileGrid Grid;
        public TileSource Source;
        public Weights Weights;
        public float* U; // room for all weights at the points
        public bool IsPacked; // they are there
        public bool IsAcross; // as [36, channels, outChannels]: channels take the lanes that few tiles would leave idle
        public float* Bias; // [outChannels] or null
        public TActivation Activation;
        public bool Pools; // of outputs only the largest of each 2 × 2 are kept
        public float* Y; // [images, outChannels, height, width], or half of both
        public nint ImageStride;

        private int _blocks, _parts;
        private bool _isOwn; // whether each thread takes the weights to the points itself

        private readonly int Channels => Weights.Columns;

        private readonly int OutChannels => Weights.Rows;

        /// <summary>Tiles of a block: fewer where there are so many channels that they would not fit a thread's scratch.</summary>
        private readonly int TilesAtOnce => Channels <= MostTiles * 16 ? MostTiles : MostTiles / 2;

        private readonly int ChannelsAtOnce => IsMadeNow ? Channels <= MostTiles * 16 ? 24 : 12 : OutChannelsAtOnce;

        private readonly int PartChannels => (OutChannels + _parts - 1) / _parts;

        private readonly bool IsMadeNow => U == null;

        /// <summary>Weights of a thread's own lie behind all else in its scratch.</summary>
        private readonly nint OwnStart => (nint)(new Scratch(Channels, TilesAtOnce).M - Gemm.Scratch) + (Frequencies * Step(ChannelsAtOnce, TilesAtOnce));

        public void Run(int maxThreads)
        {
            int threads = Gemm.Blocking.Threads((long)Grid.Count * Channels * OutChannels * TForm.Start(TForm.Points), maxThreads), units = Cut(threads);
            _isOwn = !IsMadeNow && !IsPacked
                && Grid.Count >= TilesOfThread * threads && OwnStart + At<TForm>(TForm.Points, OutChannels, Channels) <= Gemm.Blocking.ScratchLength;
            if (!IsMadeNow && !IsPacked && !_isOwn)
            {
                Weights.ToPoints<TForm>(U, threads);
            }

            WorkerTeam.For(units, Math.Max(1, units / (_parts == 1 && !_isOwn ? 4 * threads : threads)), this, threads);
        }

        /// <summary>
        /// Cuts the work into units, and gives their number: blocks of tiles, and few of them that threads do not share evenly also by output channels. A
        /// thread then has one piece: where it begins and where it ends, pixels are taken to the points by another, too. Measured with two threads and 13
        /// blocks, 128 channels to 128: 6 % faster.
        /// </summary>
        public int Cut(int threads)
        {
            _blocks = (Grid.Count + TilesAtOnce - 1) / TilesAtOnce;
            bool isEven = _blocks >= 8 * threads || _blocks % threads == 0;
            _parts = isEven ? 1 : Math.Clamp(OutChannels / (2 * Gemm.Blocking.TileRows), 1, 2 * threads);
            return _blocks * _parts;
        }

        public readonly void Invoke(int start, int end)
        {
            Range range = new(this, start, end);
            SimdWidth.Invoke(ref range);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Units<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int unit = start; unit < end; unit++)
            {
                (int block, int part) = Math.DivRem(unit, _parts);
                int first = part * PartChannels, last = Math.Min(first + PartChannels, OutChannels);
                Block<TSimd>(block * TilesAtOnce, isNew: unit == start || part == 0, first, last);
            }
        }

        private readonly struct Range(Product<TForm, TActivation> product, int start, int end) : ISimdKernel
        {
            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                Product<TForm, TActivation> some = product;
                if (some._isOwn)
                {
                    some.U = Gemm.Scratch + some.OwnStart;
                    some.Weights.ToPoints<TForm, TSimd>(0, some.OutChannels, some.U, some.OutChannels, 0);
                }

                some.Units<TSimd>(start, end);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Block<TSimd>(int firstTile, bool isNew, int firstChannel, int endChannel)
            where TSimd : struct, ISimd<TSimd>
        {
            int tiles = Math.Min(TilesAtOnce, Grid.Count - firstTile);
            TileRun* room = stackalloc TileRun[MostTiles];
            ReadOnlySpan<TileRun> runs = new(room, Grid.Cut(firstTile, tiles, room));
            Scratch scratch = new(Channels, TilesAtOnce);
            if (isNew)
            {
                ToPoints<TForm, TSimd>(in Source, runs, 0, Channels, TilesAtOnce, in scratch);
            }

            for (int channel = firstChannel; channel < endChannel; channel += ChannelsAtOnce)
            {
                int end = Math.Min(channel + ChannelsAtOnce, endChannel);
                if (IsAcross)
                {
                    MultiplyAcross<TSimd>(channel, end, tiles, in scratch);
                }
                else
                {
                    Multiply<TSimd>(channel, end, tiles, in scratch);
                }

                Back<TSimd>(channel, end, tiles, runs, in scratch);
            }
        }

        /// <summary>M = U·V for each frequency.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Multiply<TSimd>(int channel, int end, int tiles, in Scratch scratch)
            where TSimd : struct, ISimd<TSimd>
        {
            float* u = IsMadeNow ? Gemm.Scratch + OwnStart : U;
            (int rows, int row) = IsMadeNow ? (ChannelsAtOnce, 0) : (OutChannels, channel);
            if (IsMadeNow)
            {
                Weights.ToPoints<TForm, TSimd>(channel, end, u, rows, row);
            }

            Gemm.TileProducts products = new() { Rows = end - channel, Columns = tiles };
            for (int point = 0; point < TForm.Points; point++)
            {
                products.K = Channels * (TForm.Start(point + 1) - TForm.Start(point));
                products.A = new(u + At<TForm>(point, rows, Channels) + ((nint)row * products.K), products.K, 1);
                products.B = new(scratch.V + At<TForm>(point, Channels, TilesAtOnce), TilesAtOnce, 1);
                products.C = new(scratch.M + (point * Step(ChannelsAtOnce, TilesAtOnce)), TilesAtOnce, 1);
                products.Invoke<TSimd>();
            }
        }

        /// <summary>Mᵀ = Vᵀ·Uᵀ for each point, laid down as M.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void MultiplyAcross<TSimd>(int channel, int end, int tiles, in Scratch scratch)
            where TSimd : struct, ISimd<TSimd>
        {
            Gemm.Strided sums = new(scratch.Room, Gemm.Blocking.MaxWidth, 1); // a vector of tiles, and channels to the end of their last vector
            Gemm.TileProducts products = new() { Rows = tiles, Columns = end - channel, K = Channels, C = sums };
            int lanes = (tiles + TSimd.Count - 1) / TSimd.Count * TSimd.Count;
            for (int point = 0; point < TForm.Points; point++)
            {
                products.A = new(scratch.V + At<TForm>(point, Channels, TilesAtOnce), 1, TilesAtOnce);
                products.B = new(U + At<TForm>(point, Channels, OutChannels) + channel, OutChannels, 1);
                products.Invoke<TSimd>();
                Gemm.Copy<TSimd>(
                    sums.Transposed, end - channel, lanes, scratch.M + (point * Step(ChannelsAtOnce, TilesAtOnce)), TilesAtOnce);
            }
        }

        /// <summary>What of the tiles lies inside of the image, to its place.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Back<TSimd>(int channel, int end, int tiles, ReadOnlySpan<TileRun> runs, in Scratch scratch)
            where TSimd : struct, ISimd<TSimd>
        {
            float* products = scratch.M;
            nint step = Step(ChannelsAtOnce, TilesAtOnce);
            int side = Pools ? TForm.Side / 2 : TForm.Side, window = TileGrid.Side / side, height = Grid.Height / window, width = Grid.Width / window;
            for (; channel < end; channel++, products += TilesAtOnce)
            {
                float* bias = Bias == null ? null : Bias + channel;
                TForm.TransformBack<TSimd, TActivation>(products, step, tiles, bias, Activation, scratch.Lines, scratch.Room, Pools);
                foreach (ref readonly TileRun run in runs)
                {
                    (int line, int place) = (run.Y / window, run.X / window);
                    float* y = Y + (run.Image * ImageStride) + (((((nint)channel * height) + line) * width) + place);
                    CopyAhead<TSimd>(
                        scratch.Lines + (run.Start * side), y, width, Math.Min(side, height - line), Math.Min(run.Count * side, width - place),
                        (nint)height * width);
                }
            }
        }
    }

    /// <summary>Pixels of some channels to the points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToPoints<TForm, TSimd>(in TileSource source, ReadOnlySpan<TileRun> runs, int start, int end, int tiles, in Scratch scratch)
        where TForm : struct, IForm
        where TSimd : struct, ISimd<TSimd>
    {
        for (int channel = start; channel < end; channel++)
        {
            foreach (ref readonly TileRun run in runs)
            {
                int y = run.Y - source.PadY, x = run.X - source.PadX, length = ((run.Count - 1) * TileGrid.Side) + TForm.Seen;
                float* plane = source.Plane(run.Image, channel), lines = scratch.Lines + (run.Start * TileGrid.Side);
                if (y >= 0 && y + TForm.Seen <= source.Height)
                {
                    TransformColumns<TForm, TSimd>(plane + ((nint)y * source.Width), source.Width, x, source.Width, source.Area, length, lines);
                }
                else
                {
                    int before = Math.Max(0, x), inside = Math.Min(x + length, source.Width) - before;
                    CopyBorder<TSimd>(plane + before, source.Width, y, y + TForm.Seen, source.Height, inside, scratch.Room);
                    TransformColumns<TForm, TSimd>(scratch.Room, LineLength, x - before, inside, 0, length, lines);
                }
            }

            TForm.TransformLines<TSimd>(scratch.Lines, tiles, scratch.V, channel - start, scratch.Channels);
        }
    }

    /// <summary>This thread's scratch.</summary>
    private readonly struct Scratch(int channels, int tiles)
    {
        private readonly float* _start = Gemm.Scratch;

        public int Channels => channels;

        /// <summary>Six lines, and six.</summary>
        public float* Lines => _start;

        /// <summary>Six lines, or what a transform keeps between its two halves.</summary>
        public float* Room => Lines + (2 * ShiftedLines);

        public float* V => Room + ShiftedLines;

        public nint Step => Winograd.Step(channels, tiles);

        public float* M => V + (Frequencies * Step);
    }
}
