using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The gradient of an input of few channels: what each tap carries back, then the sum of it, block by block.</content>
public static unsafe partial class Convolution
{
    /// <summary>The most channels of a group for which patches are not packed.</summary>
    private const int MostChannels = 32;

    /// <summary>The values of a block of columns: a quarter of the second-level cache.</summary>
    private const int BlockLength = 1 << 16;

    /// <summary>What may be read before and after a block: a vector.</summary>
    private const int Margin = 16;

    /// <summary>The most taps that are gathered.</summary>
    private const int MostTaps = 64;

    /// <summary>A block of columns: of fixed size, one for each thread that has needed it.</summary>
    [ThreadStatic]
    private static AlignedBuffer? t_columns;

    /// <summary>
    /// Where hardly more rows would read the patches than it takes instructions to pack them. Measured with 3 channels, 7 × 7, stride 2: 30 GFLOP/s by
    /// patches, 160 by columns; with 32 channels, 3 × 3: 141 and 172; with 64 channels patches give 205.
    /// </summary>
    internal static bool IsByColumns(in ConvolutionShape shape) =>
        shape.GroupChannels <= MostChannels && shape.Taps > 1 && (long)shape.GroupChannels * shape.Taps * shape.Output[2] <= BlockLength;

    /// <summary>The lines of a block, a matter of the shape alone: a sum is formed block by block.</summary>
    internal static int LinesAtOnce(in ConvolutionShape shape) =>
        Math.Max(1, BlockLength / (shape.GroupChannels * shape.Taps * shape.Output[2]));

    /// <summary>
    /// Columns[channels·taps, pixels] = Wᵀ[channels·taps, outChannels]·dY[outChannels, pixels] for a block of lines, folded onto dX in order of its
    /// taps. An image is one thread's: so each pixel's sum has one order.
    /// </summary>
    private readonly struct BackwardInputImages<TActivation>(
        ConvolutionShape shape, float* dOutput, float* turned, float* bias, float* dInput, TActivation activation) : IPlanes
        where TActivation : struct, IUnaryOperator
    {
        public int Count => shape.Batch * shape.Groups;

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            int rows = shape.GroupChannels * shape.Taps, width = shape.Output[2], group = piece % shape.Groups;
            int atOnce = LinesAtOnce(in shape);
            float* columns = (t_columns ??= new AlignedBuffer(BlockLength + (2 * Margin))).Pointer + Margin;
            float* image = dInput + ((nint)piece * shape.GroupChannels * shape.Area);
            new Span<float>(image, shape.GroupChannels * shape.Area).Clear();
            for (int line = 0; line < shape.Output[1]; line += atOnce)
            {
                int lines = Math.Min(atOnce, shape.Output[1] - line), pixels = lines * width;
                Gemm.Product<Identity> product = default;
                product.RowEnd = rows;
                product.ColumnEnd = pixels;
                product.K = shape.GroupOutChannels;
                product.A = new(turned + ((nint)group * shape.GroupOutChannels * rows), shape.GroupOutChannels, 1);
                product.B = new(dOutput + ((nint)piece * shape.GroupOutChannels * shape.OutArea) + ((nint)line * width), shape.OutArea, 1);
                product.C = new(columns, pixels, 1);
                product.Epilogue.Alpha = 1;
                product.Invoke<TSimd>();
                if (IsGathered(in shape))
                {
                    Gather<TSimd>(columns, line, lines, image, in shape);
                }
                else
                {
                    Fold<TSimd>(columns, pixels, line, lines, image, shape.GroupChannels, in shape);
                }
            }

            for (int channel = 0; channel < shape.GroupChannels && (bias != null || typeof(TActivation) != typeof(Identity)); channel++)
            {
                float addend = bias == null ? 0 : bias[(group * shape.GroupChannels) + channel];
                Biased<TActivation> finish = new(activation, addend, bias != null);
                Loops.Map<Biased<TActivation>, TSimd>(finish, image + ((nint)channel * shape.Area), image + ((nint)channel * shape.Area), shape.Area);
            }
        }
    }

    /// <summary>Whether every pixel takes in every tap, and these are few.</summary>
    private static bool IsGathered(in ConvolutionShape shape) =>
        shape.Vertical.Stride == 1 && shape.Horizontal.Stride == 1 && shape.Taps <= MostTaps;

    /// <summary>
    /// Adds a block of columns, [channels, taps, lines, outWidth], onto an image, whose pixels are written once for all taps. Measured with 32
    /// channels of 26 × 26, 3 × 3: one tap after the other took seven times as long, a third of the product's time.
    /// </summary>
    private static void Gather<TSimd>(float* columns, int line, int lines, float* image, in ConvolutionShape shape)
        where TSimd : struct, ISimd<TSimd>
    {
        (TapAxis axisY, TapAxis axisX) = (shape.AxisY, shape.AxisX);
        TapLine* taps = stackalloc TapLine[MostTaps];
        int width = axisX.Outputs, startX = (int)axisX.Start(0);
        int from = (int)Math.Max(0, line + axisY.Start(0)), to = (int)Math.Min(axisY.Size, line + lines + axisY.Start(axisY.Taps - 1));
        for (int y = from; y < to; y++)
        {
            int count = 0;
            for (int tapY = 0; tapY < axisY.Taps; tapY++)
            {
                int output = y - (int)axisY.Start(tapY) - line;
                for (int tapX = 0, start = startX; tapX < axisX.Taps && output >= 0 && output < lines; tapX++, start += axisX.Step)
                {
                    int tap = (tapY * axisX.Taps) + tapX;
                    taps[count++] = new(columns + ((((nint)tap * lines) + output) * width) - start, start, start + width);
                }
            }

            for (int channel = 0; channel < shape.GroupChannels; channel++)
            {
                float* destination = image + ((nint)channel * shape.Area) + ((nint)y * axisX.Size);
                GatherLine<TSimd>(taps, count, (nint)channel * shape.Taps * lines * width, destination, axisX.Size);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void GatherLine<TSimd>(TapLine* taps, int count, nint offset, float* destination, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int x = 0; x < length; x += TSimd.Count)
        {
            TSimd sum = TSimd.LoadPartial(destination + x, length - x);
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

            sum.StorePartial(destination + x, length - x);
        }
    }

    /// <summary>What a tap carries back to a line: the value for place x at Values[x], for First ≤ x &lt; End.</summary>
    private readonly struct TapLine(float* values, int first, int end)
    {
        public readonly float* Values = values;
        public readonly int First = first, End = end;
    }

    /// <summary>Wᵀ[channels·taps, outChannels] of every group.</summary>
    private static float* TurnedWeights(float* w, in ConvolutionShape shape)
    {
        float* room = RoomForWeights(shape.Weight.Length);
        int rows = shape.GroupChannels * shape.Taps, group = rows * shape.GroupOutChannels;
        for (int start = 0; start < shape.Weight.Length; start += group)
        {
            TransposeKernel transpose = new(w + start, rows, shape.GroupOutChannels, room + start);
            SimdWidth.Invoke(ref transpose);
        }

        return room;
    }

    /// <summary><c>activation(x + bias)</c></summary>
    private readonly struct Biased<TActivation>(TActivation activation, float bias, bool isBiased) : IUnaryOperator
        where TActivation : struct, IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => activation.Invoke(isBiased ? x + TSimd.Broadcast(bias) : x);
    }
}
