using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// One plane seen through one window: where an output channel sees one input channel there is no product, only a sum of shifted planes. A tile of
/// the plane is laid out with its border of zeros, so that no tap asks where it is; its sums have the order of <see cref="Gemm"/>.
/// </summary>
internal static unsafe partial class Depthwise
{
    /// <summary>The most taps: sums of more would be formed in blocks.</summary>
    private const int MostTaps = 256;

    /// <summary>The values of a tile, a quarter of the second-level cache. A vector may be read past its end: the scratch is longer.</summary>
    private const int Room = 1 << 16;

    /// <summary>The widest tile: every width of vectors divides it. Products are summed tile by tile.</summary>
    public const int MostOutputs = 256;

    /// <summary>The lanes of a sum, as many as <see cref="Loops.Fold{TFold}(TFold, ReadOnlySpan{float})"/> has.</summary>
    public const int Lanes = 32;

    /// <summary>Whether a convolution is of this kind, and its window small enough for a tile of one line of outputs.</summary>
    public static bool Takes(in ConvolutionShape shape) =>
        shape.IsDepthwise && shape.Taps <= MostTaps
        && shape.Vertical.Extent * (((MostOutputs + (long)AlignedBuffer.Alignment) * shape.Horizontal.Stride) + shape.Horizontal.Extent) <= Room;

    /// <summary>Where the taps of a window read; what is read may be spread first, a value to every so many places, with zeros between.</summary>
    public readonly record struct View(TapAxis Y, TapAxis X, int SpreadY = 1, int SpreadX = 1)
    {
        /// <summary>Outputs read the image.</summary>
        public static View Forward(in ConvolutionShape shape) => new(shape.AxisY, shape.AxisX);

        /// <summary>The image reads the outputs: those a stride apart are spread as far, so that all pixels take in the same taps.</summary>
        /// <remarks>
        /// Measured with 128 channels of 28 × 28, 3 × 3, stride 2: the four phases of the pixels one after the other, which multiply no zeros, took
        /// 1 330 µs.
        /// </remarks>
        public static View Backward(in ConvolutionShape shape) => new(
            TapAxis.Spread(shape.Vertical, shape.Image[1], shape.Output[1]), TapAxis.Spread(shape.Horizontal, shape.Image[2], shape.Output[2]),
            shape.Vertical.Stride, shape.Horizontal.Stride);
    }

    /// <summary><c>destination[y, x] ← activation([destination[y, x] +] Σ weights[t]·plane(t, y, x) + bias)</c></summary>
    /// <param name="plane">What is seen.</param>
    /// <param name="view">How.</param>
    /// <param name="weights">Of each tap.</param>
    /// <param name="bias">One, or null.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="destination">A plane of outputs.</param>
    /// <param name="isFirst">Whether this thread's scratch does not hold a plane under the same view yet, with its border.</param>
    /// <param name="adds">Whether the sums are added to what is there.</param>
    [SkipLocalsInit]
    public static void Sums<TSimd, TActivation>(
        float* plane, in View view, float* weights, float* bias, TActivation activation, float* destination, bool isFirst, bool adds = false)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        nint* offsets = stackalloc nint[MostTaps];
        int step = view.X.Outputs;
        for (Tile tile = new(in view, Gemm.Scratch); tile.Next<TSimd>(plane, offsets, isFirst);)
        {
            float* first = destination + ((nint)tile.FromY * step) + tile.FromX;
            SumLines<TSimd, TActivation>(in tile, offsets, weights, new(bias, activation, adds), first, step, tile.OutputsY);
        }
    }

    /// <summary><c>lanes[t, x mod 32] ← lanes[t, x mod 32] + Σ values[y, x]·plane(t, y, x)</c>, in order of y and x.</summary>
    [SkipLocalsInit]
    public static void Products<TSimd>(float* plane, in View view, float* values, float* lanes, bool isFirst)
        where TSimd : struct, ISimd<TSimd>
    {
        nint* offsets = stackalloc nint[MostTaps];
        for (Tile tile = new(in view, Gemm.Scratch); tile.Next<TSimd>(plane, offsets, isFirst);)
        {
            float* first = values + ((nint)tile.FromY * view.X.Outputs) + tile.FromX;
            for (int tap = 0; tap < tile.Taps; tap += 3)
            {
                Three taps = new(tap, Math.Min(tap + 1, tile.Taps - 1), Math.Min(tap + 2, tile.Taps - 1)); // the last tap may be done again
                switch (TSimd.Count)
                {
                    case 16:
                        AddProducts<Twice<TSimd>>(in tile, offsets, in taps, first, view.X.Outputs, lanes);
                        break;
                    case 8:
                        AddProducts<Twice<Twice<TSimd>>>(in tile, offsets, in taps, first, view.X.Outputs, lanes);
                        break;
                    default:
                        AddProducts<Twice<Twice<Twice<TSimd>>>>(in tile, offsets, in taps, first, view.X.Outputs, lanes);
                        break;
                }
            }
        }
    }

    /// <summary>Three taps at a time.</summary>
    private readonly record struct Three(int A, int B, int C);

    /// <summary>What becomes of a sum.</summary>
    private readonly struct Ending<TActivation>(float* bias, TActivation activation, bool adds)
        where TActivation : struct, IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Finish<TSimd>(TSimd sum, float* there, int count)
            where TSimd : struct, ISimd<TSimd>
        {
            if (adds)
            {
                sum = TSimd.LoadPartial(there, count) + sum;
            }

            return activation.Invoke(bias == null ? sum : sum + TSimd.Broadcast(*bias));
        }
    }

    private static void SumLines<TSimd, TActivation>(
        ref readonly Tile tile, nint* offsets, float* weights, Ending<TActivation> ending, float* destination, nint step, int lines)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        if (tile.LinesGo != 0)
        {
            nint first = tile.LinesGo > 0 ? 0 : lines - 1; // so that a line comes to its outputs in the order of their taps
            SumThreeByThree<TSimd, TActivation>(
                tile.Values + (first * tile.LineStep), tile.LinesGo * tile.LineStep, offsets, weights, ending,
                destination + (first * step), tile.LinesGo * step, lines, tile.OutputsX);
        }
        else if (tile.OutputsX > TSimd.Count)
        {
            SumLines<Twice<TSimd>, TActivation>(
                tile.Values, tile.LineStep, offsets, weights, tile.Taps, ending, destination, step, lines, tile.OutputsX);
        }
        else
        {
            SumLines<TSimd, TActivation>(
                tile.Values, tile.LineStep, offsets, weights, tile.Taps, ending, destination, step, lines, tile.OutputsX);
        }
    }

    /// <summary>A broadcast for each tap, a load for each multiply-add; two lines at a time, so that their sums form beside each other.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumLines<TVector, TActivation>(
        float* from, nint fromStep, nint* offsets, float* weights, int taps, Ending<TActivation> ending, float* destination, nint step,
        int lines, int length)
        where TVector : struct, ISimd<TVector>
        where TActivation : struct, IUnaryOperator
    {
        for (int line = 0; line < lines; line += 2)
        {
            bool isAlone = line + 1 == lines; // then it is done twice
            float* other = isAlone ? from : from + fromStep;
            float* otherDestination = isAlone ? destination : destination + step;
            for (int i = 0; i < length; i += TVector.Count)
            {
                int left = length - i;
                TVector sum = TVector.Zero, otherSum = TVector.Zero;
                for (int tap = 0; tap < taps; tap++)
                {
                    TVector weight = TVector.Broadcast(weights[tap]);
                    sum.Accumulate(weight, TVector.Load(from + offsets[tap] + i));
                    otherSum.Accumulate(weight, TVector.Load(other + offsets[tap] + i));
                }

                sum = ending.Finish(sum, destination + i, left);
                otherSum = ending.Finish(otherSum, otherDestination + i, left);
                sum.StorePartial(destination + i, left);
                otherSum.StorePartial(otherDestination + i, left);
            }

            from += 2 * fromStep;
            destination += 2 * step;
        }
    }

    /// <summary>
    /// The window of most depthwise layers: each value is loaded once for the three lines of outputs that it goes to, so a load does three
    /// multiply-adds. Two vectors side by side hide the latency of their sums.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumThreeByThree<TSimd, TActivation>(
        float* from, nint fromStep, nint* offsets, float* weights, Ending<TActivation> ending, float* destination, nint step, int lines, int length)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        ThreeTaps<TSimd> first = new(weights), second = new(weights + 3), third = new(weights + 6);
        nint a = offsets[0], b = offsets[1], c = offsets[2];
        for (int i = 0; i < length; i += 2 * TSimd.Count)
        {
            float* line = from + i;
            float* to = destination + i - (2 * step);
            TSimd lowOlder = TSimd.Zero, lowOld = TSimd.Zero, highOlder = TSimd.Zero, highOld = TSimd.Zero; // of the two lines before
            for (int y = 0; y < lines + 2; y++, line += fromStep, to += step)
            {
                TSimd low = TSimd.Zero, high = TSimd.Zero;
                TSimd lowA = TSimd.Load(line + a), lowB = TSimd.Load(line + b), lowC = TSimd.Load(line + c);
                first.AddTo(ref low, lowA, lowB, lowC);
                second.AddTo(ref lowOld, lowA, lowB, lowC);
                third.AddTo(ref lowOlder, lowA, lowB, lowC);
                float* right = line + TSimd.Count;
                TSimd highA = TSimd.Load(right + a), highB = TSimd.Load(right + b), highC = TSimd.Load(right + c);
                first.AddTo(ref high, highA, highB, highC);
                second.AddTo(ref highOld, highA, highB, highC);
                third.AddTo(ref highOlder, highA, highB, highC);
                if (y >= 2)
                {
                    int left = length - i;
                    ending.Finish(lowOlder, to, left).StorePartial(to, left);
                    ending.Finish(highOlder, to + TSimd.Count, left - TSimd.Count).StorePartial(to + TSimd.Count, left - TSimd.Count);
                }

                (lowOlder, lowOld) = (lowOld, low);
                (highOlder, highOld) = (highOld, high);
            }
        }
    }

    /// <summary>
    /// A value of the outputs is loaded once for three taps. The last lanes of what a tap reads are none of the line's: they count as zeros.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddProducts<TLanes>(
        ref readonly Tile tile, nint* offsets, ref readonly Three taps, float* values, nint valuesStep, float* lanes)
        where TLanes : struct, ISimd<TLanes>
    {
        float* sumsA = lanes + (taps.A * Lanes), sumsB = lanes + (taps.B * Lanes), sumsC = lanes + (taps.C * Lanes);
        TLanes a = TLanes.Load(sumsA), b = TLanes.Load(sumsB), c = TLanes.Load(sumsC);
        float* fromA = tile.Values + offsets[taps.A], fromB = tile.Values + offsets[taps.B], fromC = tile.Values + offsets[taps.C];
        int length = tile.OutputsX, whole = length / TLanes.Count * TLanes.Count, rest = length - whole;
        nint step = tile.LineStep;
        TLanes mask = TLanes.FirstLanes(rest);
        for (int line = tile.OutputsY; line > 0; line--)
        {
            for (int i = 0; i < whole; i += TLanes.Count)
            {
                TLanes value = TLanes.Load(values + i);
                a.Accumulate(value, TLanes.Load(fromA + i));
                b.Accumulate(value, TLanes.Load(fromB + i));
                c.Accumulate(value, TLanes.Load(fromC + i));
            }

            if (rest > 0)
            {
                TLanes value = TLanes.LoadPartial(values + whole, rest);
                a.Accumulate(value, TLanes.Load(fromA + whole) & mask);
                b.Accumulate(value, TLanes.Load(fromB + whole) & mask);
                c.Accumulate(value, TLanes.Load(fromC + whole) & mask);
            }

            fromA += step;
            fromB += step;
            fromC += step;
            values += valuesStep;
        }

        a.Store(sumsA);
        b.Store(sumsB);
        c.Store(sumsC);
    }

    /// <summary>A line of a window, in every lane.</summary>
    private readonly struct ThreeTaps<TSimd>(float* weights)
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly TSimd _a = TSimd.Broadcast(weights[0]), _b = TSimd.Broadcast(weights[1]), _c = TSimd.Broadcast(weights[2]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo(ref TSimd sum, TSimd a, TSimd b, TSimd c)
        {
            sum.Accumulate(_a, a);
            sum.Accumulate(_b, b);
            sum.Accumulate(_c, c);
        }
    }
}
