using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>What the gradient of the weights does, stage by stage.</content>
internal static unsafe partial class Winograd
{
    public partial struct WeightGradient
    {
        /// <summary>Of a tile: a few less than the most, so that threads share 16 and 32 evenly.</summary>
        private const int Rows = 8, Columns = 32, PointChannels = 16;

        private readonly int RowLength => Padded(Channels);

        private readonly nint PixelStep => Step(MostTiles, RowLength);

        private readonly nint GradientStep => Step(OutChannels, MostTiles);

        private readonly int PixelPieces => Padded(Channels) / PointChannels;

        private readonly int PointPieces => PixelPieces + (Padded(OutChannels) / PointChannels);

        private readonly int ProductPieces => (OutChannels + Rows - 1) / Rows;

        private readonly int TilesAtOnce => MostTiles * _blocksAtOnce;

        /// <summary>The blocks that are at hand.</summary>
        private readonly int Blocks => (Math.Min(TilesAtOnce, _endTile - _firstTile) + MostTiles - 1) / MostTiles;

        private readonly float* V(int block) => _points + ((nint)block * BlockLength(OutChannels, Channels));

        private readonly float* E(int block) => V(block) + (Frequencies * PixelStep);

        private readonly int FirstTile(int block) => _firstTile + (block * MostTiles);

        private readonly int Tiles(int block) => Math.Min(MostTiles, _endTile - FirstTile(block));

        private readonly void SumParts<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int part = start; part < end; part++)
            {
                Part(part).Sum<TSimd>();
            }
        }

        private void Sum<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (; _firstTile < _endTile; _firstTile += TilesAtOnce)
            {
                ToPoints<TSimd>(0, PointPieces * Blocks);
                Multiply<TSimd>(0, ProductPieces);
            }
        }

        /// <summary>The parts of some output channels to their place.</summary>
        private readonly void ToWeights<TSimd>(int channel, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            nint row = (nint)Taps * RowLength;
            Parts.Add<TSimd>(_sums + (channel * row), OutChannels * row, PartCount, (end - channel) * (int)row);
            for (; channel < end; channel++)
            {
                InterleaveTaps<TSimd>(_sums + (channel * row), RowLength, Channels, DWeight + ((nint)channel * Channels * Taps));
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

                if (IsLast && PartCount == 1)
                {
                    ToWeights<TSimd>(channel, channel + rows);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void StandPixels<TSimd>(ReadOnlySpan<TileRun> runs, int channel, float* v)
            where TSimd : struct, ISimd<TSimd>
        {
            Scratch scratch = new(PointChannels, MostTiles);
            int count = Math.Min(PointChannels, Channels - channel);
            Winograd.ToPoints<StrideOne, TSimd>(in Pixels, runs, channel, channel + count, MostTiles, in scratch);
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
                        CopyBorder<TSimd>(source - (run.Y * stride), stride, run.Y, run.Y + TileGrid.Side, Gradients.Height, length, scratch.Room);
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
                    float* taps = _sums + ((nint)(outChannel + row) * Taps * RowLength) + channel;
                    AddTaps<TSimd>(scratch.M + (row * Columns), step, products.Columns, taps, RowLength, adds: FirstTile(block) > _startTile, scratch.Room);
                }
            }
        }
    }
}
