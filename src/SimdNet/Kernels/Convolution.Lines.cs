using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Forward without patches: each tap reads the lines of the image where they lie.</content>
public static unsafe partial class Convolution
{
    /// <summary>The time in which patches are packed, in output channels. Measured with 16 and with 64 of them, 3 × 3: 16 and 22.</summary>
    private const int PackingChannels = 16;

    /// <summary>Whether forward goes line by line: if no more lanes idle at the ends of lines than it would take instructions to pack patches.</summary>
    internal static bool IsByLines(in ConvolutionShape shape)
    {
        LineStrips strips = new(in shape, SimdWidth.Lanes);
        int channels = shape.GroupOutChannels;
        return shape.Taps > 1 && strips.IsPossible && strips.LineLanes * channels <= (long)shape.Output[2] * (channels + PackingChannels);
    }

    private static void RunLines<TActivation>(in ForwardLines<TActivation> strips, in ConvolutionShape shape, int maxThreads)
        where TActivation : struct, IUnaryOperator
    {
        long work = shape.Batch * shape.Flops / 2 / Math.Max(1, strips.Count);
        WorkerTeam.For(strips.Count, (int)(Gemm.Blocking.Grain / Math.Clamp(work, 1, Gemm.Blocking.Grain)), strips, maxThreads);
    }

    /// <summary>Y[outChannels, pixels] strip by strip: of each image, of each group.</summary>
    internal struct ForwardLines<TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation, int lanes) : IRangeBody, ISimdKernel
        where TActivation : struct, IUnaryOperator
    {
        private readonly LineStrips _strips = new(in shape, lanes);
        private int _start, _end;

        public readonly int Count => shape.Batch * shape.Groups * _strips.Count;

        /// <summary>Whether the activation is part of the micro-kernel: others go beyond the JIT's budget for inlining.</summary>
        private static bool IsFused => typeof(TActivation) == typeof(Identity) || typeof(TActivation) == typeof(ReLUOperator);

        public readonly void Invoke(int start, int end)
        {
            ForwardLines<TActivation> part = Part(start, end);
            SimdWidth.Invoke(ref part);
        }

        public readonly ForwardLines<TActivation> Part(int start, int end)
        {
            ForwardLines<TActivation> part = this;
            (part._start, part._end) = (start, end);
            return part;
        }

        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float* none = stackalloc float[Gemm.Blocking.TileRows];
            new Span<float>(none, Gemm.Blocking.TileRows).Fill(-0f); // which added to a number is that number
            LineTile tile = default;
            tile.B = Gemm.Scratch;
            tile.Offsets = (int*)(tile.B + LineStrips.Room);
            tile.Places = (LinePlace*)(tile.Offsets + LineStrips.Room);
            tile.CRowStride = shape.OutArea;
            tile.ARowStride = shape.GroupChannels * shape.Taps;
            _strips.Offsets(tile.Offsets);
            for (int piece = _start, placed = 0; piece < _end; piece++)
            {
                (int image, int strip) = Math.DivRem(piece, _strips.Count);
                int lines = _strips.Lines(strip);
                if (lines != placed)
                {
                    tile.Pairs = _strips.Place<TSimd>(lines, tile.Places);
                    placed = lines;
                }

                _strips.Pack<TSimd>(x + ((nint)image * shape.GroupChannels * shape.Area), strip, tile.B);
                tile.C = y + ((nint)image * shape.GroupOutChannels * shape.OutArea) + _strips.First(strip);
                Channels<TSimd>(tile, image % shape.Groups * shape.GroupOutChannels, lines * shape.Output[2], none);
            }
        }

        /// <summary>All output channels of a strip, those of a tile one after the other.</summary>
        private readonly void Channels<TSimd>(LineTile tile, int first, int outputs, float* none)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int channel = 0; channel < shape.GroupOutChannels; channel += tile.Rows)
            {
                tile.Rows = Gemm.Blocking.RowsOfTile(shape.GroupOutChannels - channel, tall: TSimd.RegisterCount >= 32);
                tile.A = w + ((first + channel) * tile.ARowStride);
                Sum<TSimd>(tile, bias == null ? none : bias + first + channel, none);
                for (int row = 0; row < tile.Rows; row++)
                {
                    if (!IsFused)
                    {
                        Loops.Map<TActivation, TSimd>(activation, tile.C, tile.C, outputs);
                    }

                    tile.C += tile.CRowStride;
                }
            }
        }

        /// <summary>Block after block of k; the bias comes with the last.</summary>
        private readonly void Sum<TSimd>(LineTile tile, float* addend, float* none)
            where TSimd : struct, ISimd<TSimd>
        {
            int depth = (int)tile.ARowStride;
            for (int k = 0; k < depth; k += tile.K)
            {
                tile.K = Math.Min(Gemm.Blocking.Kc, depth - k);
                tile.Bias = k + tile.K == depth ? addend : none;
                if (k + tile.K == depth && IsFused)
                {
                    Finish<TActivation, TSimd>(in tile, isFirst: k == 0, activation);
                }
                else
                {
                    Finish<Identity, TSimd>(in tile, isFirst: k == 0, default);
                }

                tile.A += tile.K;
                tile.Offsets += tile.K;
            }
        }

        private readonly void Finish<TLast, TSimd>(ref readonly LineTile tile, bool isFirst, TLast last)
            where TLast : struct, IUnaryOperator
            where TSimd : struct, ISimd<TSimd>
        {
            int count = Math.Min(shape.Output[2], TSimd.Count);
            if (!isFirst)
            {
                tile.Run<TSimd, FinishSum<TLast>>(new(last, count));
            }
            else if (count == TSimd.Count)
            {
                tile.Run<TSimd, FinishWhole<TLast>>(new(last));
            }
            else
            {
                tile.Run<TSimd, FinishPart<TLast>>(new(last, count));
            }
        }
    }
}
