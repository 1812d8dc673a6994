using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>
/// What is done, strip by strip. A unit is one channel of images, or as many features as there are virtual lanes:
/// <code>
/// channel of images     | lane 0 1 2 ... 31 | 0 1 ... 31 | 0 1 ..  (end of a run), as many runs as samples; the lanes are added up by a tree
/// 32 features           | lane 0 1 2 ... 31 |                      as many runs as samples; each lane is a channel of its own
/// </code>
/// Both are the same loop, so there is one formula and one order for both: a lane takes its values in order of the samples. A strip is a
/// unit, or adjacent channels of small images, so that a sample's values are read as they lie.
/// </content>
public static unsafe partial class BatchNormalization
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary>
    /// Values of a strip of several channels at most, 256 KiB: with what is written it stays in L2 from the first pass to the last.
    /// </summary>
    private const int StripLength = 1 << 16;

    /// <summary>
    /// Values from which a channel of an image is a strip of its own. Shorter ones, each of them on another page, left the machine waiting for
    /// memory. Measured in training, 32 samples of 64 × 7 × 7: 57 µs and back 81 one by one, 39 and 61 together; 32 × 14 × 14 gained nothing. Hot
    /// in L2 they take 16 and 22: to ask for the lines of y as variance is summed gained 0 to 10 % with y in memory and lost 20 % with it in L2.
    /// </summary>
    private const int LongRun = 128;

    /// <summary>What is done with one strip, from its first pass over the data to its last.</summary>
    internal interface IStripWork
    {
        void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>;
    }

    /// <summary>How numbers of which every channel has one come into the lanes of a unit, and sums out of them.</summary>
    internal interface IChannels
    {
        static abstract TLanes Load<TLanes>(float* numbers)
            where TLanes : struct, ISimd<TLanes>;

        /// <summary>Writes the sum over each channel of a unit.</summary>
        static abstract void Total<TLanes>(TLanes sums, float* totals)
            where TLanes : struct, ISimd<TLanes>;
    }

    /// <summary>All lanes are one channel's.</summary>
    internal readonly struct OneChannel : IChannels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load<TLanes>(float* numbers)
            where TLanes : struct, ISimd<TLanes> => TLanes.Broadcast(*numbers);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Total<TLanes>(TLanes sums, float* totals)
            where TLanes : struct, ISimd<TLanes> => *totals = TLanes.Reduce(default(Sum), sums);
    }

    /// <summary>Each lane is a channel.</summary>
    internal readonly struct ChannelPerLane : IChannels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load<TLanes>(float* numbers)
            where TLanes : struct, ISimd<TLanes> => TLanes.Load(numbers);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Total<TLanes>(TLanes sums, float* totals)
            where TLanes : struct, ISimd<TLanes> => sums.Store(totals);
    }

    /// <summary>The sizes of the data, and into how many units they fall.</summary>
    internal readonly struct Sizes(int batch, int channels, int area)
    {
        public bool IsImages => area > 1;

        public int Units => IsImages ? channels : (channels + VirtualLanes.Count - 1) / VirtualLanes.Count;

        /// <summary>Units that are worth a thread's while.</summary>
        public int Grain => (int)Math.Max(1, BatchNormalization.Grain / ((long)batch * (IsImages ? area : VirtualLanes.Count)));

        /// <summary>The strip that begins at a unit and ends before another, or earlier.</summary>
        public Strip From(int unit, int end)
        {
            if (IsImages)
            {
                int units = area >= LongRun ? 1
                    : (int)Math.Clamp(StripLength / ((long)batch * area), 1, Math.Min(end - unit, VirtualLanes.Count));
                return new(unit, units, units, batch, units == 1 ? batch : 1, area, (nint)unit * area, (nint)channels * area);
            }

            int first = unit * VirtualLanes.Count, count = Math.Min(channels - first, VirtualLanes.Count);
            return new(first, count, 1, batch, batch, count, first, channels);
        }
    }

    /// <summary>Where the values of some channels lie: in <paramref name="Runs"/> runs of some units of <paramref name="Length"/> values.</summary>
    /// <param name="First">The first channel.</param>
    /// <param name="Count">The number of channels.</param>
    /// <param name="Units">The number of units: of images one for each channel, else one for all.</param>
    /// <param name="Runs">The number of samples.</param>
    /// <param name="Together">Samples that a unit takes before the next unit: one, as they lie, or all where there is no other unit.</param>
    /// <param name="Length">Values of a unit in a run.</param>
    /// <param name="Offset">Values before the first run.</param>
    /// <param name="Stride">Values from the start of a run to that of the next.</param>
    internal readonly record struct Strip(int First, int Count, int Units, int Runs, int Together, int Length, nint Offset, nint Stride)
    {
        /// <summary>Values from the end of a unit's samples to the start of the next unit.</summary>
        public nint Next { get; } = Length - (Together * Stride);

        /// <summary>Values from the end of the last unit to the start of the first one's next samples.</summary>
        public nint Gap { get; } = (Together * Stride) - ((nint)Units * Length);

        /// <summary>The values of one channel.</summary>
        public float ValuesPerChannel => (float)((long)Runs * Units * Length / Count);
    }

    /// <summary>What every channel has one of. All pointers but null ones are to [channels].</summary>
    internal readonly struct Numbers(float* mean, float* variance, float* gamma, float* beta, float epsilon)
    {
        public float* Mean { get; } = mean;

        public float* Variance { get; } = variance;

        /// <summary><c>1/√(variance + ε)</c></summary>
        public TLanes InverseDeviation<TLanes>(Strip strip)
            where TLanes : struct, ISimd<TLanes> =>
            TLanes.Broadcast(1) / TLanes.Sqrt(TLanes.LoadPartial(Variance + strip.First, strip.Count) + TLanes.Broadcast(epsilon));

        /// <summary><c>γ/√(variance + ε)</c></summary>
        public TLanes Scale<TLanes>(Strip strip)
            where TLanes : struct, ISimd<TLanes> => TLanes.LoadPartial(gamma + strip.First, strip.Count) * InverseDeviation<TLanes>(strip);

        /// <summary>β, or 0 if there is none.</summary>
        public TLanes Shift<TLanes>(Strip strip)
            where TLanes : struct, ISimd<TLanes> => beta == null ? TLanes.Zero : TLanes.LoadPartial(beta + strip.First, strip.Count);
    }

    /// <summary>What the passes over a strip take of each of its channels; room for 32 of each.</summary>
    internal readonly struct Constants(float* room)
    {
        public const int Length = 5 * VirtualLanes.Count;

        public float* Mean => room;

        public float* Scale => room + VirtualLanes.Count;

        public float* Shift => room + (2 * VirtualLanes.Count);

        public float* Offset => room + (3 * VirtualLanes.Count);

        public float* Slope => room + (4 * VirtualLanes.Count);

        public void SetMean<TLanes>(Numbers numbers, Strip strip)
            where TLanes : struct, ISimd<TLanes> => TLanes.LoadPartial(numbers.Mean + strip.First, strip.Count).Store(Mean);

        public void SetScaleAndShift<TLanes>(Numbers numbers, Strip strip)
            where TLanes : struct, ISimd<TLanes>
        {
            numbers.Scale<TLanes>(strip).Store(Scale);
            numbers.Shift<TLanes>(strip).Store(Shift);
        }
    }

    /// <summary>The units from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Strips<TWork>(TWork work, Sizes sizes, int start = 0, int end = 0) : IRangeBody, ISimdKernel, ILanesKernel
        where TWork : struct, IStripWork
    {
        public void Invoke(int from, int to)
        {
            Strips<TWork> part = new(work, sizes, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Strips<TWork> strips = this;
            VirtualLanes.Invoke<TSimd, Strips<TWork>>(ref strips);
        }

        public void Invoke<TSimd, TLanes>()
            where TSimd : struct, ISimd<TSimd>
            where TLanes : struct, ISimd<TLanes>
        {
            for (int unit = start; unit < end;)
            {
                Strip strip = sizes.From(unit, end);
                if (sizes.IsImages)
                {
                    work.Invoke<OneChannel, TLanes>(strip);
                }
                else
                {
                    work.Invoke<ChannelPerLane, TLanes>(strip);
                }

                unit += strip.Units;
            }
        }
    }

    internal readonly struct ForwardWork<TActivation>(Numbers numbers, TActivation activation, float* x, float* y, float* addend = null) : IStripWork
        where TActivation : struct, IUnaryOperator
    {
        public void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            float* room = stackalloc float[Constants.Length], sums = stackalloc float[strip.Units * TLanes.Count];
            Constants constants = new(room);
            TLanes values = TLanes.Broadcast(strip.ValuesPerChannel);
            Sum<TLanes>(strip, x, sums);
            (Totals<TChannels, TLanes>(strip, sums) / values).StorePartial(numbers.Mean + strip.First, strip.Count);
            constants.SetMean<TLanes>(numbers, strip);
            Squares<TChannels, TLanes>(strip, constants, x, sums);
            (Totals<TChannels, TLanes>(strip, sums) / values).StorePartial(numbers.Variance + strip.First, strip.Count);
            constants.SetScaleAndShift<TLanes>(numbers, strip);
            if (addend == null)
            {
                Normalize<TChannels, TLanes, TActivation, NoAddend>(strip, constants, activation, x, null, y);
            }
            else
            {
                Normalize<TChannels, TLanes, TActivation, Addend>(strip, constants, activation, x, addend, y);
            }
        }
    }

    internal readonly struct NormalizeWork<TActivation>(Numbers numbers, TActivation activation, float* x, float* y) : IStripWork
        where TActivation : struct, IUnaryOperator
    {
        public void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            float* room = stackalloc float[Constants.Length];
            Constants constants = new(room);
            constants.SetMean<TLanes>(numbers, strip);
            constants.SetScaleAndShift<TLanes>(numbers, strip);
            Normalize<TChannels, TLanes, TActivation, NoAddend>(strip, constants, activation, x, null, y);
        }
    }

    internal readonly struct BackwardWork<TGate>(
        Numbers numbers, TGate gate, float* x, float* dOutput, float* dInput, float* dGamma, float* dBeta) : IStripWork
        where TGate : struct, IBinaryOperator
    {
        public void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            float* room = stackalloc float[Constants.Length], sums = stackalloc float[strip.Units * TLanes.Count], products = stackalloc float[strip.Units * TLanes.Count];
            Constants constants = new(room);
            constants.SetMean<TLanes>(numbers, strip);
            constants.SetScaleAndShift<TLanes>(numbers, strip);
            Products<TChannels, TLanes, TGate>(strip, constants, gate, x, dOutput, sums, products);
            TLanes inverse = numbers.InverseDeviation<TLanes>(strip);
            TLanes shiftGradient = Totals<TChannels, TLanes>(strip, sums), scaleGradient = Totals<TChannels, TLanes>(strip, products) * inverse;
            shiftGradient.StorePartial(dBeta + strip.First, strip.Count);
            scaleGradient.StorePartial(dGamma + strip.First, strip.Count);
            if (dInput != null)
            {
                TLanes share = (TLanes.Zero - numbers.Scale<TLanes>(strip)) / TLanes.Broadcast(strip.ValuesPerChannel);
                (share * shiftGradient).Store(constants.Offset);
                (share * scaleGradient * inverse).Store(constants.Slope);
                InputGradient<TChannels, TLanes, TGate>(strip, constants, gate, x, dOutput, dInput);
            }
        }
    }

    /// <summary>The sum over each channel of a strip, one in a lane.</summary>
    private static TLanes Totals<TChannels, TLanes>(Strip strip, float* sums)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
    {
        float* totals = stackalloc float[TLanes.Count];
        for (int unit = 0; unit < strip.Units; unit++)
        {
            TChannels.Total(TLanes.Load(sums + (unit * TLanes.Count)), totals + unit);
        }

        return TLanes.Load(totals);
    }
}
