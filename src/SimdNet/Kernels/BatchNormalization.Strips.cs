using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>
/// What is done, strip by strip. A strip is one channel of images, or as many features as there are virtual lanes:
/// <code>
/// channel of images     | lane 0 1 2 ... 31 | 0 1 ... 31 | 0 1 ..  (end of a run), as many runs as samples; the lanes are added up by a tree
/// 32 features           | lane 0 1 2 ... 31 |                      as many runs as samples; each lane is a channel of its own
/// </code>
/// Both are the same loop, so there is one formula and one order for both: a lane takes its values in order of the samples.
/// </content>
public static unsafe partial class BatchNormalization
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary>What is done with one strip, from its first pass over the data to its last.</summary>
    internal interface IStripWork
    {
        void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>;
    }

    /// <summary>How numbers of which every channel has one come into the lanes of a strip, and out of them.</summary>
    internal interface IChannels
    {
        static abstract TLanes Load<TLanes>(float* numbers, int count)
            where TLanes : struct, ISimd<TLanes>;

        static abstract void Store<TLanes>(TLanes lanes, float* numbers, int count)
            where TLanes : struct, ISimd<TLanes>;

        /// <summary>The sum over a channel, in each of its lanes.</summary>
        static abstract TLanes Total<TLanes>(TLanes sums)
            where TLanes : struct, ISimd<TLanes>;
    }

    /// <summary>All lanes are one channel's.</summary>
    internal readonly struct OneChannel : IChannels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load<TLanes>(float* numbers, int count)
            where TLanes : struct, ISimd<TLanes> => TLanes.Broadcast(*numbers);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store<TLanes>(TLanes lanes, float* numbers, int count)
            where TLanes : struct, ISimd<TLanes> => *numbers = TLanes.ToScalar(lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Total<TLanes>(TLanes sums)
            where TLanes : struct, ISimd<TLanes> => TLanes.Broadcast(TLanes.Reduce(default(Sum), sums));
    }

    /// <summary>Each lane is a channel.</summary>
    internal readonly struct ChannelPerLane : IChannels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load<TLanes>(float* numbers, int count)
            where TLanes : struct, ISimd<TLanes> => TLanes.LoadPartial(numbers, count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store<TLanes>(TLanes lanes, float* numbers, int count)
            where TLanes : struct, ISimd<TLanes> => lanes.StorePartial(numbers, count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Total<TLanes>(TLanes sums)
            where TLanes : struct, ISimd<TLanes> => sums;
    }

    /// <summary>The sizes of the data, and into how many strips they fall.</summary>
    internal readonly struct Sizes(int batch, int channels, int area)
    {
        public bool IsImages => area > 1;

        public int Strips => IsImages ? channels : (channels + VirtualLanes.Count - 1) / VirtualLanes.Count;

        /// <summary>Strips that are worth a thread's while.</summary>
        public int Grain => (int)Math.Max(1, BatchNormalization.Grain / ((long)batch * (IsImages ? area : VirtualLanes.Count)));

        public Strip this[int index]
        {
            get
            {
                int first = IsImages ? index : index * VirtualLanes.Count;
                int count = IsImages ? 1 : Math.Min(channels - first, VirtualLanes.Count);
                return new(first, count, batch, IsImages ? area : count, (nint)first * area, (nint)channels * area);
            }
        }
    }

    /// <summary>Where the values of some channels lie: <paramref name="Runs"/> runs of <paramref name="Length"/> values.</summary>
    /// <param name="First">The first channel.</param>
    /// <param name="Count">The number of channels.</param>
    /// <param name="Runs">The number of samples.</param>
    /// <param name="Length">Values of a run.</param>
    /// <param name="Offset">Values before the first run.</param>
    /// <param name="Stride">Values from the start of a run to that of the next.</param>
    internal readonly record struct Strip(int First, int Count, int Runs, int Length, nint Offset, nint Stride)
    {
        /// <summary>The values of one channel.</summary>
        public float ValuesPerChannel
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => (float)((long)Runs * (Length / Count));
        }
    }

    /// <summary>What every channel has one of. All pointers but null ones are to [channels].</summary>
    internal readonly struct Numbers(float* mean, float* variance, float* gamma, float* beta, float epsilon)
    {
        public float* Mean { get; } = mean;

        public float* Variance { get; } = variance;

        /// <summary>The mean of each lane.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Center<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes> => TChannels.Load<TLanes>(Mean + strip.First, strip.Count);

        /// <summary><c>1/√(variance + ε)</c></summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes InverseDeviation<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes> =>
            TLanes.Broadcast(1) / TLanes.Sqrt(TChannels.Load<TLanes>(Variance + strip.First, strip.Count) + TLanes.Broadcast(epsilon));

        /// <summary><c>γ/√(variance + ε)</c></summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Scale<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes> =>
            TChannels.Load<TLanes>(gamma + strip.First, strip.Count) * InverseDeviation<TChannels, TLanes>(strip);

        /// <summary>β, or 0 if there is none.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Shift<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes> =>
            beta == null ? TLanes.Zero : TChannels.Load<TLanes>(beta + strip.First, strip.Count);
    }

    /// <summary>The strips from start to end, or all of them, to be cut by a team.</summary>
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
            for (int i = start; i < end; i++)
            {
                if (sizes.IsImages)
                {
                    work.Invoke<OneChannel, TLanes>(sizes[i]);
                }
                else
                {
                    work.Invoke<ChannelPerLane, TLanes>(sizes[i]);
                }
            }
        }
    }

    internal readonly struct ForwardWork<TActivation>(Numbers numbers, TActivation activation, float* x, float* y) : IStripWork
        where TActivation : struct, IUnaryOperator
    {
        public void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            TLanes values = TLanes.Broadcast(strip.ValuesPerChannel);
            TLanes mean = TChannels.Total(Sum<TLanes>(strip, x)) / values;
            TChannels.Store(mean, numbers.Mean + strip.First, strip.Count);
            TLanes variance = TChannels.Total(Squares<TChannels, TLanes>(strip, numbers, x)) / values;
            TChannels.Store(variance, numbers.Variance + strip.First, strip.Count);
            Normalize<TChannels, TLanes, TActivation>(strip, numbers, activation, x, y);
        }
    }

    internal readonly struct NormalizeWork<TActivation>(Numbers numbers, TActivation activation, float* x, float* y) : IStripWork
        where TActivation : struct, IUnaryOperator
    {
        public void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes> => Normalize<TChannels, TLanes, TActivation>(strip, numbers, activation, x, y);
    }

    internal readonly struct BackwardWork<TGate>(
        Numbers numbers, TGate gate, float* x, float* dOutput, float* dInput, float* dGamma, float* dBeta) : IStripWork
        where TGate : struct, IBinaryOperator
    {
        public void Invoke<TChannels, TLanes>(Strip strip)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            Twice<TLanes> sums = Products<TChannels, TLanes, TGate>(strip, numbers, gate, x, dOutput);
            TLanes gradient = TChannels.Total(sums.High) * numbers.InverseDeviation<TChannels, TLanes>(strip);
            TChannels.Store(TChannels.Total(sums.Low), dBeta + strip.First, strip.Count);
            TChannels.Store(gradient, dGamma + strip.First, strip.Count);
            if (dInput != null)
            {
                InputGradient<TChannels, TLanes, TGate>(strip, numbers, gate, x, dOutput, dGamma, dBeta, dInput);
            }
        }
    }
}
