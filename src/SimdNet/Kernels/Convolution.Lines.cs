using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>Forward without patches: each tap reads the lines of the image where they lie.</content>
public static unsafe partial class Convolution
{
    /// <summary>The time in which patches are packed, in output channels. Measured with 16 and with 64 of them, 3 × 3: 16 and 22.</summary>
    private const int PackingChannels = 16;

    /// <summary>Pieces of work for each thread, if there are lines enough.</summary>
    private const int PiecesOfThread = 4;

    /// <summary>
    /// Outputs of a strip for which weights of several blocks of k are fetched: of 196, with 128 channels, 3 × 3, lines took as long as patches, of 784
    /// a tenth less.
    /// </summary>
    private const int OftenUsed = 512;

    /// <summary>Whether forward goes line by line: if no more lanes idle at the ends of lines than it would take instructions to pack patches.</summary>
    internal static bool IsByLines(in ConvolutionShape shape)
    {
        LinesRule rule = new(shape);
        SimdWidth.Invoke(ref rule);
        return rule.Holds;
    }

    private struct LinesRule(ConvolutionShape shape) : ISimdKernel
    {
        public bool Holds;

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            LineStrips strips = new(in shape, 1);
            long channels = shape.GroupOutChannels;
            Holds = shape.Taps > 1 && strips.IsPossible && strips.Lanes<TSimd>() * channels <= shape.Output[2] * (channels + PackingChannels)
                && (shape.GroupChannels * shape.Taps <= Gemm.Blocking.Kc || strips.First(1) >= OftenUsed);
        }
    }

    private static void RunLines<TActivation>(
        in ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation, int maxThreads)
        where TActivation : struct, IUnaryOperator
    {
        int threads = maxThreads == 0 ? WorkerTeam.Size : Math.Min(maxThreads, WorkerTeam.Size);
        ForwardLines<TActivation> strips = new(shape, x, w, bias, y, activation, pieces: threads == 1 ? 1 : PiecesOfThread * threads);
        long work = shape.Batch * shape.Flops / 2 / Math.Max(1, strips.Count);
        WorkerTeam.For(strips.Count, (int)(Gemm.Blocking.Grain / Math.Clamp(work, 1, Gemm.Blocking.Grain)), strips, threads);
    }

    /// <summary>Y[outChannels, pixels] strip by strip: of each image, of each group.</summary>
    internal struct ForwardLines<TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation, int pieces) : IRangeBody, ISimdKernel
        where TActivation : struct, IUnaryOperator
    {
        private readonly LineStrips _strips = new(in shape, pieces);
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
                    _strips.Place<TSimd>(lines, ref tile);
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
            if (!isFirst)
            {
                tile.Run<TSimd, FinishSum<TLast>>(new(last, tile.Width));
            }
            else if (tile.Width == TSimd.Count)
            {
                tile.Run<TSimd, FinishWhole<TLast>>(new(last));
            }
            else
            {
                tile.Run<TSimd, FinishPart<TLast>>(new(last, tile.Width));
            }
        }
    }
}
