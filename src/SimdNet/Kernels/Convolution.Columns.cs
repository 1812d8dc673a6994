using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>The gradient of an input of few channels: what each tap carries back, then the sum of it, block by block.</content>
public static unsafe partial class Convolution
{
    /// <summary>The most channels of a group for which patches are not packed though they lie side by side.</summary>
    private const int MostChannels = 32;

    /// <summary>The values of a block of columns: a quarter of the second-level cache.</summary>
    private const int BlockLength = 1 << 16;

    /// <summary>Pixels of a block that fill the panels of a product well enough.</summary>
    private const int EnoughPixels = 256;

    /// <summary>What may be read before and after a block: a vector.</summary>
    private const int Margin = 16;

    /// <summary>The most taps that are gathered.</summary>
    private const int MostTaps = 64;

    /// <summary>A block of columns: of fixed size, one for each thread that has needed it.</summary>
    [ThreadStatic]
    private static AlignedBuffer? t_columns;

    /// <summary>
    /// Where hardly more rows would read the patches than it takes instructions to pack them, and where the pixels of an image take in different
    /// taps: for each phase of a stride patches of its own. Measured by patches and by columns, in GFLOP/s: 3 channels, 7 × 7, stride 2: 30 and
    /// 160; 32 channels, 3 × 3: 141 and 172; with 64 channels patches give 205.
    /// </summary>
    internal static bool IsByColumns(in ConvolutionShape shape)
    {
        bool isStrided = shape.Vertical.Stride > 1 || shape.Horizontal.Stride > 1;
        return (isStrided || (shape.GroupChannels <= MostChannels && shape.Taps > 1)) && (long)shape.Taps * shape.Output[2] <= BlockLength;
    }

    /// <summary>The lines of a block, a matter of the shape alone: a sum is formed block by block.</summary>
    internal static int LinesAtOnce(in ConvolutionShape shape) => ColumnBlock(in shape).Lines;

    /// <summary>As many channels of a block as leave it enough pixels, and as many lines as there is room for then.</summary>
    private static (int Channels, int Lines) ColumnBlock(in ConvolutionShape shape)
    {
        int width = shape.Output[2], line = shape.Taps * width;
        int enough = Math.Min(shape.Output[1], (EnoughPixels + width - 1) / width);
        int most = Math.Clamp(BlockLength / line / enough, 1, shape.GroupChannels), blocks = (shape.GroupChannels + most - 1) / most;
        int channels = (shape.GroupChannels + blocks - 1) / blocks;
        return (channels, Math.Clamp(BlockLength / (line * channels), 1, shape.Output[1]));
    }

    /// <summary>
    /// Columns[channels·taps, pixels] = Wᵀ[channels·taps, outChannels]·dY[outChannels, pixels] for a block of channels and lines, folded onto dX in
    /// order of its taps. A plane is one thread's: so each pixel's sum has one order.
    /// </summary>
    private readonly struct BackwardInputImages<TActivation>(
        ConvolutionShape shape, float* dOutput, float* turned, float* bias, float* dInput, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        private readonly (int Channels, int Lines) _block = ColumnBlock(in shape);

        public int Count => shape.Batch * shape.Groups * Blocks;

        private int Blocks => (shape.GroupChannels + _block.Channels - 1) / _block.Channels;

        public void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            (int block, int images) = Math.DivRem(piece, shape.Batch * shape.Groups); // a block's weights stay in a near cache
            int group = images % shape.Groups, channel = block * _block.Channels;
            int channels = Math.Min(_block.Channels, shape.GroupChannels - channel), rows = channels * shape.Taps, width = shape.Output[2];
            float* columns = (t_columns ??= new AlignedBuffer(BlockLength + (2 * Margin))).Pointer + Margin;
            float* image = dInput + ((((nint)images * shape.GroupChannels) + channel) * shape.Area);
            new Span<float>(image, channels * shape.Area).Clear();
            Gemm.Product<Identity> product = default;
            product.RowEnd = rows;
            product.K = shape.GroupOutChannels;
            product.A = new(turned + ((((nint)group * shape.GroupChannels) + channel) * shape.Taps * product.K), product.K, 1);
            product.Epilogue.Alpha = 1;
            for (int line = 0; line < shape.Output[1]; line += _block.Lines)
            {
                int lines = Math.Min(_block.Lines, shape.Output[1] - line), pixels = lines * width;
                product.ColumnEnd = pixels;
                product.B = new(dOutput + ((nint)images * product.K * shape.OutArea) + ((nint)line * width), shape.OutArea, 1);
                product.C = new(columns, pixels, 1);
                product.Invoke<TSimd>();
                if (IsGathered(in shape))
                {
                    Gather<TSimd>(columns, line, lines, image, channels, in shape);
                }
                else
                {
                    Fold<TSimd>(columns, pixels, line, lines, image, channels, in shape);
                }
            }

            for (int i = 0; i < channels && (bias != null || typeof(TActivation) != typeof(Identity)); i++, image += shape.Area)
            {
                float addend = bias == null ? 0 : bias[(group * shape.GroupChannels) + channel + i];
                Biased<TActivation> finish = new(activation, addend, bias != null);
                Loops.Map<Biased<TActivation>, TSimd>(finish, image, image, shape.Area);
            }
        }
    }

    /// <summary>Whether the pixels of a line take in taps in one way or in two, and these are few.</summary>
    private static bool IsGathered(in ConvolutionShape shape) => shape.Horizontal.Stride <= 2 && shape.Taps <= MostTaps;

    /// <summary>
    /// Adds a block of columns, [channels, taps, lines, outWidth], onto an image, whose pixels are written once for all taps. Measured with 32
    /// channels of 26 × 26, 3 × 3: one tap after the other took seven times as long, a third of the product's time.
    /// </summary>
    private static void Gather<TSimd>(float* columns, int line, int lines, float* image, int channels, in ConvolutionShape shape)
        where TSimd : struct, ISimd<TSimd>
    {
        (TapAxis axisY, TapAxis axisX) = (shape.AxisY, shape.AxisX);
        TapLine* even = stackalloc TapLine[MostTaps], odd = stackalloc TapLine[MostTaps];
        long first = ((long)line * axisY.Stride) + axisY.Start(0), last = ((line + lines - 1L) * axisY.Stride) + axisY.Start(axisY.Taps - 1);
        for (int y = (int)Math.Max(0, first), end = (int)Math.Min(axisY.Size - 1, last); y <= end; y++)
        {
            int evens = TapLines(columns, axisY, axisX, y, 0, line, lines, even);
            int odds = axisX.Stride == 2 ? TapLines(columns, axisY, axisX, y, 1, line, lines, odd) : 0;
            for (int channel = 0; channel < channels && evens + odds > 0; channel++)
            {
                float* destination = image + ((nint)channel * shape.Area) + ((nint)y * axisX.Size);
                nint offset = (nint)channel * shape.Taps * lines * axisX.Outputs;
                if (axisX.Stride == 1)
                {
                    GatherLine<TSimd>(even, evens, offset, destination, axisX.Size);
                }
                else
                {
                    GatherPairs<TSimd>(even, evens, odd, odds, offset, destination, axisX.Size);
                }
            }
        }
    }

    /// <summary>
    /// The taps that carry back to the pixels of line y that lie a stride apart, the first at <paramref name="phase"/>; says how many.
    /// </summary>
    private static int TapLines(float* columns, TapAxis axisY, TapAxis axisX, int y, int phase, int line, int lines, TapLine* taps)
    {
        int count = 0, width = axisX.Outputs;
        for (int tapY = 0; tapY < axisY.Taps; tapY++)
        {
            (long output, long restY) = Math.DivRem(y - axisY.Start(tapY), axisY.Stride);
            bool isHere = restY == 0 && output >= line && output < line + lines;
            for (int tapX = 0; tapX < axisX.Taps && isHere; tapX++)
            {
                (long first, long restX) = Math.DivRem(axisX.Start(tapX) - phase, axisX.Stride);
                if (restX == 0)
                {
                    nint tap = (tapY * axisX.Taps) + tapX;
                    taps[count++] = new(columns + (((tap * lines) + (nint)output - line) * width) - (nint)first, (int)first, (int)first + width);
                }
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void GatherLine<TSimd>(TapLine* taps, int count, nint offset, float* destination, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int x = 0; x < length; x += TSimd.Count)
        {
            AddTaps(TSimd.LoadPartial(destination + x, length - x), taps, count, offset, x).StorePartial(destination + x, length - x);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void GatherPairs<TSimd>(TapLine* even, int evens, TapLine* odd, int odds, nint offset, float* destination, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int x = 0; 2 * x < length; x += TSimd.Count)
        {
            float* pixels = destination + (2 * x);
            int left = length - (2 * x);
            (TSimd a, TSimd b) = TSimd.Deinterleave(TSimd.LoadPartial(pixels, left), TSimd.LoadPartial(pixels + TSimd.Count, left - TSimd.Count));
            (TSimd low, TSimd high) = TSimd.Interleave(AddTaps(a, even, evens, offset, x), AddTaps(b, odd, odds, offset, x));
            low.StorePartial(pixels, left);
            high.StorePartial(pixels + TSimd.Count, left - TSimd.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd AddTaps<TSimd>(TSimd sum, TapLine* taps, int count, nint offset, int x)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int tap = 0; tap < count; tap++)
        {
            int first = taps[tap].First - x, end = taps[tap].End - x;
            if (first <= 0 && end >= TSimd.Count)
            {
                sum += TSimd.Load(taps[tap].Values + offset + x);
            }
            else if (first < TSimd.Count && end > 0)
            {
                sum += TSimd.Load(taps[tap].Values + offset + x) & (TSimd.FirstLanes(end) ^ TSimd.FirstLanes(first));
            }
        }

        return sum;
    }

    /// <summary>What a tap carries back to a line: the value for place x at Values[x], for First ≤ x &lt; End.</summary>
    private readonly struct TapLine(float* values, int first, int end)
    {
        public readonly float* Values = values;
        public readonly int First = first, End = end;
    }

    /// <summary>Wᵀ[channels·taps, outChannels] of every group.</summary>
    private static float* TurnedWeights(float* w, in ConvolutionShape shape, int maxThreads)
    {
        float* room = RoomForWeights(shape.Weight.Length);
        int rows = shape.GroupChannels * shape.Taps;
        for (int group = 0; group < shape.Groups; group++)
        {
            nint start = (nint)group * rows * shape.GroupOutChannels;
            WorkerTeam.For(
                rows, Math.Clamp(Gemm.Blocking.Grain / 4 / shape.GroupOutChannels, 1, rows),
                new Turned(w + start, rows, shape.GroupOutChannels, room + start), maxThreads);
        }

        return room;
    }

    /// <summary><c>destination[i, j] ← source[j, i]</c>, some i &lt; rows, j &lt; columns.</summary>
    private readonly struct Turned(float* source, int rows, int columns, float* destination, int start = 0, int end = 0) : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            Turned some = new(source, rows, columns, destination, from, to);
            SimdWidth.Invoke(ref some);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> =>
            Gemm.Copy<TSimd>(new(source + start, 1, rows), end - start, columns, destination + ((nint)start * columns), columns);
    }

    /// <summary><c>activation(x + bias)</c></summary>
    private readonly struct Biased<TActivation>(TActivation activation, float bias, bool isBiased) : IUnaryOperator
        where TActivation : struct, IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => activation.Invoke(isBiased ? x + TSimd.Broadcast(bias) : x);
    }
}
