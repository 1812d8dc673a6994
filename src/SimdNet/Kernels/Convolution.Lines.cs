using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>
/// Forward without patches: each tap reads the lines of the image where they lie. Measured on one core, µs by patches and by lines:
/// <code>
///  64×1×28×28 to 32, 3 × 3                   650   200        64×1×28×28 to 6, 5 × 5, padding 2     600    90
///  8×3×224×224 to 64, 7 × 7, stride 2      12300  8400        64×6×14×14 to 16, 5 × 5               275   193
///  1×3×224×224 to 32, 3 × 3, stride 2        175   115        8×16×64×64 to 16, 3 × 3              1080   690
/// </code>
/// </content>
public static unsafe partial class Convolution
{
    /// <summary>The time in which patches are packed, in output channels. Measured with 16 and with 64 of them, 3 × 3: 16 and 22.</summary>
    private const int PackingChannels = 16;

    /// <summary>Pieces of work for each thread, if there are lines enough.</summary>
    private const int PiecesOfThread = 4;

    /// <summary>
    /// Outputs of a strip that weights of several blocks of k are worth fetching for: 576 gained a tenth, with 196 patches were as fast.
    /// </summary>
    private const int OftenUsed = 512;

    /// <summary>
    /// Whether forward goes line by line: if no more lanes idle at the ends of lines than it would take instructions to pack patches, and what the
    /// taps read stays in a near cache. Measured at stride 2, 3 × 3: 16 channels gained a fifth, 32 a tenth, 64 nothing, 128 lost 5 %.
    /// </summary>
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
            LineStrips strips = new(in shape, pieces: 1);
            long channels = shape.GroupOutChannels, taps = shape.GroupChannels * shape.Taps;
            Holds = shape.Taps > 1 && strips.IsPossible && strips.Lanes<TSimd>() * channels <= shape.Output[2] * (channels + PackingChannels)
                && (taps * strips.Phases <= Gemm.Blocking.Kc || (strips.Phases == 1 && strips.Outputs(0) >= OftenUsed));
        }
    }

    private static void RunLines<TActivation>(
        in ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation, int maxThreads)
        where TActivation : struct, IUnaryOperator
    {
        int threads = Gemm.Blocking.MostThreads(maxThreads);
        ForwardLines<TActivation> strips = new(shape, x, w, bias, y, activation, pieces: threads == 1 ? 1 : PiecesOfThread * threads);
        long work = shape.Batch * shape.Flops / 2 / Math.Max(1, strips.Count);
        WorkerTeam.For(strips.Count, Gemm.Blocking.PiecesAtOnce(work), strips, threads);
    }

    /// <summary>Y[outChannels, pixels] strip by strip: of each image, of each group.</summary>
    internal struct ForwardLines<TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* y, TActivation activation, int pieces) : IRangeBody, ISimdKernel
        where TActivation : struct, IUnaryOperator
    {
        private readonly LineStrips _strips = new(in shape, pieces);
        private int _start, _end;

        public readonly int Count => shape.Batch * shape.Groups * _strips.Count;

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
                Channels<TSimd>(tile, image % shape.Groups * shape.GroupOutChannels, _strips.Outputs(strip), none);
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
                    if (typeof(TActivation) != typeof(Identity) && !IsFused<TSimd>(in tile))
                    {
                        Loops.Map<TActivation, TSimd>(activation, tile.C, tile.C, outputs);
                    }

                    tile.C += tile.CRowStride;
                }
            }
        }

        /// <summary>Block after block of k; the bias comes with the last.</summary>
        private static void Sum<TSimd>(LineTile tile, float* addend, float* none)
            where TSimd : struct, ISimd<TSimd>
        {
            int depth = (int)tile.ARowStride;
            for (int k = 0; k < depth; k += tile.K)
            {
                tile.K = Math.Min(Gemm.Blocking.Kc, depth - k);
                tile.Bias = k + tile.K == depth ? addend : none;
                if (k > 0)
                {
                    tile.Run<TSimd, FinishSum>(new(tile.Width));
                }
                else if (tile.Width < TSimd.Count)
                {
                    tile.Run<TSimd, FinishPart>(new(tile.Width));
                }
                else if (IsFused<TSimd>(in tile))
                {
                    tile.Run<TSimd, FinishWhole<ReLUOperator>>(default);
                }
                else
                {
                    tile.Run<TSimd, FinishWhole<Identity>>(default);
                }

                tile.A += tile.K;
                tile.Offsets += tile.K;
            }
        }

        /// <summary>
        /// Whether the micro-kernel does the activation. Formulas of more than an instruction go beyond the JIT's budget for inlining; as a pass over
        /// what has just been written one costs 70 µs beside 260 where it counts most, 64×1×28×28 to 32, 3 × 3, and this one here 35.
        /// </summary>
        private static bool IsFused<TSimd>(ref readonly LineTile tile)
            where TSimd : struct, ISimd<TSimd> =>
            typeof(TActivation) == typeof(ReLUOperator) && tile.ARowStride <= Gemm.Blocking.Kc && tile.Width == TSimd.Count;
    }
}
