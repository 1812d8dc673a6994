using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// One plane seen through one window: where an output channel sees one input channel there is no product, only a sum of shifted planes. A tile of
/// the plane is laid out with its border of zeros, so that no tap asks where it is; its sums have the order of <see cref="Gemm"/>.
/// </summary>
internal static unsafe class Depthwise
{
    /// <summary>The most taps: sums of more would be formed in blocks.</summary>
    private const int MostTaps = 256;

    /// <summary>The values of a tile, a quarter of the second-level cache. A vector may be read past its end: the scratch is longer.</summary>
    private const int Room = 1 << 16;

    /// <summary>The widest tile: every width of vectors divides it.</summary>
    private const int MostOutputs = 256;

    /// <summary>The lanes of a sum, as many as <see cref="Loops.Fold{TFold}(TFold, ReadOnlySpan{float})"/> has.</summary>
    public const int Lanes = 32;

    /// <summary>Whether a convolution is of this kind, and its window small enough for a tile of one line of outputs.</summary>
    public static bool Takes(in ConvolutionShape shape) =>
        shape.IsDepthwise && shape.Taps <= MostTaps
        && shape.Vertical.Extent * (((MostOutputs + 1L) * shape.Horizontal.Stride) + shape.Horizontal.Extent) <= Room;

    /// <summary><c>destination[y·lineStep + x·step] ← activation(Σ weights[t]·plane(t, y, x) + bias)</c></summary>
    [SkipLocalsInit]
    public static void Sums<TSimd, TActivation>(
        float* plane, TapAxis y, TapAxis x, float* weights, float* bias, TActivation activation, float* destination, nint lineStep, int step)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        nint* offsets = stackalloc nint[MostTaps];
        float* line = stackalloc float[MostOutputs];
        for (Tile tile = new(y, x, Gemm.Scratch); tile.Next<TSimd>(plane, offsets);)
        {
            float* first = destination + (tile.FromY * lineStep) + ((nint)tile.FromX * step);
            if (step == 1)
            {
                SumLines<TSimd, TActivation>(in tile, offsets, weights, bias, activation, first, lineStep, tile.OutputsY);
                continue;
            }

            Tile rest = tile;
            for (int i = 0; i < tile.OutputsY; i++, rest.Values += tile.LineStep)
            {
                SumLines<TSimd, TActivation>(in rest, offsets, weights, bias, activation, line, 0, 1);
                Planes.Spread<TSimd>(line, 0, first + (i * lineStep), 0, step, 1, tile.OutputsX);
            }
        }
    }

    /// <summary><c>lanes[t, x mod 32] ← lanes[t, x mod 32] + Σ values[y, x]·plane(t, y, x)</c>, in order of y and x.</summary>
    [SkipLocalsInit]
    public static void Products<TSimd>(float* plane, TapAxis y, TapAxis x, float* values, float* lanes)
        where TSimd : struct, ISimd<TSimd>
    {
        nint* offsets = stackalloc nint[MostTaps];
        for (Tile tile = new(y, x, Gemm.Scratch); tile.Next<TSimd>(plane, offsets);)
        {
            float* first = values + ((nint)tile.FromY * x.Outputs) + tile.FromX;
            for (int tap = 0; tap < tile.Taps; tap += 2)
            {
                int other = Math.Min(tap + 1, tile.Taps - 1); // the last tap alone is done twice
                switch (TSimd.Count)
                {
                    case 16:
                        AddProducts<Twice<TSimd>>(in tile, offsets[tap], offsets[other], first, x.Outputs, lanes + (tap * Lanes), lanes + (other * Lanes));
                        break;
                    case 8:
                        AddProducts<Twice<Twice<TSimd>>>(in tile, offsets[tap], offsets[other], first, x.Outputs, lanes + (tap * Lanes), lanes + (other * Lanes));
                        break;
                    default:
                        AddProducts<Twice<Twice<Twice<TSimd>>>>(
                            in tile, offsets[tap], offsets[other], first, x.Outputs, lanes + (tap * Lanes), lanes + (other * Lanes));
                        break;
                }
            }
        }
    }

    private static void SumLines<TSimd, TActivation>(
        ref readonly Tile tile, nint* offsets, float* weights, float* bias, TActivation activation, float* destination, nint step, int lines)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        if (tile.LinesGo != 0)
        {
            nint first = tile.LinesGo > 0 ? 0 : lines - 1; // so that a line comes to its outputs in the order of their taps
            SumThreeByThree<TSimd, TActivation>(
                tile.Values + (first * tile.LineStep), tile.LinesGo * tile.LineStep, offsets, weights, bias, activation,
                destination + (first * step), tile.LinesGo * step, lines, tile.OutputsX);
        }
        else if (tile.OutputsX > TSimd.Count)
        {
            SumLines<Twice<TSimd>, TActivation>(
                tile.Values, tile.LineStep, offsets, weights, tile.Taps, bias, activation, destination, step, lines, tile.OutputsX);
        }
        else
        {
            SumLines<TSimd, TActivation>(
                tile.Values, tile.LineStep, offsets, weights, tile.Taps, bias, activation, destination, step, lines, tile.OutputsX);
        }
    }

    /// <summary>Each tap costs a broadcast and a load for a multiply-add; the next vector's sum forms beside this one's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumLines<TVector, TActivation>(
        float* from, nint fromStep, nint* offsets, float* weights, int taps, float* bias, TActivation activation, float* destination, nint step,
        int lines, int length)
        where TVector : struct, ISimd<TVector>
        where TActivation : struct, IUnaryOperator
    {
        for (int line = 0; line < lines; line++)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector sum = TVector.Zero;
                for (int tap = 0; tap < taps; tap++)
                {
                    sum.Accumulate(TVector.Broadcast(weights[tap]), TVector.Load(from + offsets[tap] + i));
                }

                sum = Finish(sum, bias, activation);
                if (length - i >= TVector.Count)
                {
                    sum.Store(destination + i);
                }
                else
                {
                    sum.StorePartial(destination + i, length - i);
                }
            }

            from += fromStep;
            destination += step;
        }
    }

    /// <summary>
    /// The window of most depthwise layers: each value is loaded once for the three lines of outputs that it goes to, so a load does three
    /// multiply-adds. Two vectors side by side hide the latency of their sums.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumThreeByThree<TSimd, TActivation>(
        float* from, nint fromStep, nint* offsets, float* weights, float* bias, TActivation activation, float* destination, nint step, int lines,
        int length)
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
                TSimd highA = TSimd.Load(line + a + TSimd.Count), highB = TSimd.Load(line + b + TSimd.Count), highC = TSimd.Load(line + c + TSimd.Count);
                first.AddTo(ref high, highA, highB, highC);
                second.AddTo(ref highOld, highA, highB, highC);
                third.AddTo(ref highOlder, highA, highB, highC);
                if (y >= 2)
                {
                    Finish(lowOlder, bias, activation).StorePartial(to, length - i);
                    Finish(highOlder, bias, activation).StorePartial(to + TSimd.Count, length - i - TSimd.Count);
                }

                (lowOlder, lowOld) = (lowOld, low);
                (highOlder, highOld) = (highOld, high);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Finish<TSimd, TActivation>(TSimd sum, float* bias, TActivation activation)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator => activation.Invoke(bias == null ? sum : sum + TSimd.Broadcast(*bias));

    /// <summary>Two taps at a time: their sums form beside each other.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddProducts<TLanes>(
        ref readonly Tile tile, nint tap, nint otherTap, float* values, nint valuesStep, float* lanes, float* otherLanes)
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes sum = TLanes.Load(lanes), other = TLanes.Load(otherLanes);
        float* from = tile.Values;
        int length = tile.OutputsX;
        for (int line = 0; line < tile.OutputsY; line++)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                TLanes value = TLanes.Load(values + i);
                sum.Accumulate(value, TLanes.Load(from + tap + i));
                other.Accumulate(value, TLanes.Load(from + otherTap + i));
            }

            if (i < length)
            {
                TLanes value = TLanes.LoadPartial(values + i, length - i);
                sum.Accumulate(value, TLanes.LoadPartial(from + tap + i, length - i));
                other.Accumulate(value, TLanes.LoadPartial(from + otherTap + i, length - i));
            }

            from += tile.LineStep;
            values += valuesStep;
        }

        sum.Store(lanes);
        other.Store(otherLanes);
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

    /// <summary>
    /// The tiles of a plane, one after the other.
    /// <code>
    /// [phase, line, place]     place i of phase b is position b + i·stride, counted from the first that a tap reads
    /// </code>
    /// so that each tap reads its own phase, from its own line and place on, value by value.
    /// </summary>
    private struct Tile(TapAxis y, TapAxis x, float* values)
    {
        public float* Values = values;
        public int FromY = 0, FromX = 0, OutputsY = 0, OutputsX = 0;
        private int _lines = 0, _places = 0;

        public readonly int Taps => y.Taps * x.Taps;

        /// <summary>Of a 3 × 3 window with its lines side by side: 1 if a later tap reads a later line, -1 if an earlier one. 0 of any other.</summary>
        public readonly int LinesGo => y.Taps == 3 && x.Taps == 3 && y.Stride == 1 && Math.Abs(y.Step) == 1 ? y.Step : 0;

        /// <summary>Values from what a tap reads for one line of outputs to what it reads for the next.</summary>
        public readonly nint LineStep => (nint)y.Stride * _places;

        /// <summary>Goes on to the next tile, if there is one, and lays it out; says where each tap begins.</summary>
        public bool Next<TSimd>(float* plane, nint* offsets)
            where TSimd : struct, ISimd<TSimd>
        {
            FromY += OutputsY;
            if (FromY == y.Outputs)
            {
                (FromY, FromX) = (0, FromX + OutputsX);
            }

            if (FromX >= x.Outputs || y.Outputs == 0)
            {
                return false;
            }

            OutputsX = Math.Min(MostOutputs, x.Outputs - FromX);
            _places = OutputsX + ((x.Extent - 1) / x.Stride);
            int most = ((Room / (_places * x.Stride)) - y.Extent) / y.Stride;
            OutputsY = Math.Min(Math.Max(most, 0) + 1, y.Outputs - FromY);
            _lines = ((OutputsY - 1) * y.Stride) + y.Extent;
            Offsets(offsets);
            TapAxis lines = new(y.Size, _lines, 1, y.Lowest + (FromY * y.Stride), 0, 1);
            TapAxis places = new(x.Size, _places, x.Stride, x.Lowest + (FromX * x.Stride), 1, x.Stride);
            new Patches(plane, 0, lines, places).Pack<TSimd>(0, 0, x.Stride, _lines * _places, Values, _lines * _places);
            return true;
        }

        private readonly void Offsets(nint* offsets)
        {
            for (int tapX = 0; tapX < x.Taps; tapX++)
            {
                (int place, int phase) = Math.DivRem((int)x.Start(tapX) - x.Lowest, x.Stride);
                for (int tapY = 0; tapY < y.Taps; tapY++)
                {
                    offsets[(tapY * x.Taps) + tapX] = ((((nint)phase * _lines) + (int)y.Start(tapY) - y.Lowest) * _places) + place;
                }
            }
        }
    }
}
