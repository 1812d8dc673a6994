using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>
/// What is done, strip by strip. A unit is one channel of images, or as many features as there are virtual lanes:
/// <code>
/// channel of images     | lane 0 1 2 ... 31 | 0 1 ... 31 | 0 1 ..  (end of a run), as many runs as samples; the lanes are added up by a tree
/// 32 features           | lane 0 1 2 ... 31 |                      as many runs as samples; each lane is a channel of its own
/// </code>
/// Both are the same loop, so there is one formula and one order for both: a lane takes its values in order of the samples. A strip is a
/// unit, or adjacent channels of small images, so that a sample's values are read as they lie. Images are summed in parts, a matter of the batch alone,
/// whose sums are added in order: so threads may share the channels, or the images.
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
    /// memory. Measured in training, 32 samples of 64 × 7 × 7: 57 µs and back 81 one by one, 39 and 61 together; of 32 × 16 × 16, in four parts, 54 and
    /// 42; 26 × 26 gained nothing. Hot in L2 the first take 16 and 22: to ask for the lines of y as variance is summed gained 0 to 10 % with y in
    /// memory and lost 20 % with it in L2.
    /// </summary>
    private const int LongRun = 512;

    /// <summary>What is done: passes over the data, some of them sums.</summary>
    internal interface IStripWork
    {
        int Passes { get; }

        /// <summary>Whether a pass sums over channels.</summary>
        bool Sums(int pass);

        /// <summary>What a pass takes of the channels of a strip.</summary>
        void Prepare<TLanes>(int pass, Strip strip, Constants constants)
            where TLanes : struct, ISimd<TLanes>;

        /// <summary>A pass over the samples of a strip, all or those of a part.</summary>
        void Run<TChannels, TLanes>(int pass, Strip strip, Constants constants, Lanes lanes)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>;

        /// <summary>Takes what its parts have come to.</summary>
        void Close<TLanes>(int pass, Strip strip, Totals totals)
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

        /// <summary>Some of the samples.</summary>
        public Strip Of(int start, int end) => new(First, Count, Units, end - start, Together == Runs ? end - start : 1, Length, Offset + (start * Stride), Stride);
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

    /// <summary>The sums of a strip as a pass forms them, and a second one's: a vector of lanes for each unit, 32 at most.</summary>
    internal readonly struct Lanes(float* room)
    {
        public const int Length = 2 * VirtualLanes.Count * VirtualLanes.Count;

        public float* First => room;

        public float* Second => room + (Length / 2);
    }

    /// <summary>Sums over the channels, and of a second kind, for each part: [parts, channels].</summary>
    internal readonly struct Totals(float* first, float* second, int step, int parts)
    {
        /// <summary>Writes those of a part.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Set<TChannels, TLanes>(Strip strip, int part, Lanes lanes)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            nint place = ((nint)part * step) + strip.First;
            for (int unit = 0; unit < strip.Units; unit++)
            {
                TChannels.Total(TLanes.Load(lanes.First + (unit * TLanes.Count)), first + place + unit);
                TChannels.Total(TLanes.Load(lanes.Second + (unit * TLanes.Count)), second + place + unit);
            }
        }

        /// <summary>The sum over each channel of a strip, one in a lane.</summary>
        public TLanes First<TLanes>(Strip strip)
            where TLanes : struct, ISimd<TLanes> => Sum<TLanes>(first + strip.First, strip.Count);

        public TLanes Second<TLanes>(Strip strip)
            where TLanes : struct, ISimd<TLanes> => Sum<TLanes>(second + strip.First, strip.Count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TLanes Sum<TLanes>(float* totals, int count)
            where TLanes : struct, ISimd<TLanes>
        {
            TLanes sum = TLanes.LoadPartial(totals, count);
            for (int part = 1; part < parts; part++)
            {
                sum += TLanes.LoadPartial(totals + ((nint)part * step), count);
            }

            return sum;
        }
    }
}
