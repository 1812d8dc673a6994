using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>How threads share the work: by channels, strip by strip from the first pass to the last, or pass by pass by images.</content>
public static unsafe partial class BatchNormalization
{
    /// <summary>Parts that the images are summed in: four threads can share them, and more of them channels of a part. Each costs a few calls.</summary>
    private const int MostParts = 4;

    /// <summary>The most channels of images that are shared: their sums are on the caller's stack.</summary>
    private const int MostShared = 1 << 11;

    private static void Run<TWork>(in TWork work, in Sizes sizes)
        where TWork : struct, IStripWork
    {
        if (!sizes.SharesImages)
        {
            WorkerTeam.For(sizes.Units, sizes.Grain, new Strips<TWork>(work, sizes));
            return;
        }

        float* room = stackalloc float[2 * sizes.Parts * sizes.Units];
        Totals totals = new(room, room + (sizes.Parts * sizes.Units), sizes.Units, sizes.Parts);
        int items = sizes.Parts * sizes.Units, grain = Math.Max(sizes.PartGrain, items / WorkerTeam.Size);
        for (int pass = 0; pass < work.Passes; pass++)
        {
            bool backwards = (work.Passes - pass) % 2 == 1; // the last one: what comes next begins with the first image
            WorkerTeam.For(items, grain, new ImagesPass<TWork>(work, sizes, totals, pass, backwards));
            if (work.Sums(pass))
            {
                Closing<TWork> closing = new(work, sizes, totals, pass);
                SimdWidth.Invoke(ref closing);
            }
        }
    }

    /// <summary>The sizes of the data, and into how many units they fall.</summary>
    internal readonly struct Sizes(int batch, int channels, int area)
    {
        public bool IsImages => area > 1;

        public int Units => IsImages ? channels : (channels + VirtualLanes.Count - 1) / VirtualLanes.Count;

        /// <summary>The values of a channel.</summary>
        public float Count => (float)((long)batch * area);

        /// <summary>Units that are worth a thread's while.</summary>
        public int Grain => GrainOf((long)batch * (IsImages ? area : VirtualLanes.Count));

        /// <summary>Parts of the samples that are summed each by itself.</summary>
        public int Parts => IsImages ? Kernels.Parts.Count(MostParts, batch) : 1;

        /// <summary>Channels of a part that are worth a thread's while.</summary>
        public int PartGrain => GrainOf((long)batch * area / Parts);

        /// <summary>
        /// Whether several threads share the images, as they do in most layers: then each finds in its caches what it has written there. By channels
        /// half of all has to cross between the cores, from the layer before and to the layer after. Measured, steps of a ResNet-20 on two cores of
        /// a virtual machine: by channels 17.0 ms, at times 19.6; by images 16.6, and 18.2.
        /// </summary>
        public bool SharesImages =>
            WorkerTeam.Size > 1 && Parts > 1 && channels <= MostShared && (long)batch * channels * area >= 2 * BatchNormalization.Grain;

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

        /// <summary>Likewise, of channels of images as they lie: what is done with them at once is no more than a pass over a part.</summary>
        public Strip SideBySide(int unit, int end)
        {
            int units = Math.Min(end - unit, VirtualLanes.Count);
            return new(unit, units, units, batch, 1, area, (nint)unit * area, (nint)channels * area);
        }

        /// <summary>The samples of a part of a strip.</summary>
        public Strip PartOf(Strip strip, int part) =>
            strip.Of(Kernels.Parts.Start(part, Parts, batch), Kernels.Parts.Start(part + 1, Parts, batch));

        /// <summary>Up to 32 channels from one on, of which nothing but the numbers is asked for.</summary>
        public Strip Channels(int first) => new(first, Math.Min(channels - first, VirtualLanes.Count), 0, 0, 0, 0, 0, 0);

        private static int GrainOf(long valuesPerUnit) => (int)Math.Max(1, BatchNormalization.Grain / valuesPerUnit);
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
            float* constants = stackalloc float[Constants.Length], lanes = stackalloc float[Lanes.Length];
            float* totals = stackalloc float[2 * MostParts * VirtualLanes.Count];
            for (int unit = start; unit < end;)
            {
                Strip strip = sizes.From(unit, end);
                Totals own = new(
                    totals - strip.First, totals + (MostParts * VirtualLanes.Count) - strip.First, VirtualLanes.Count, sizes.Parts);
                if (sizes.IsImages)
                {
                    Passes<OneChannel, TLanes>(strip, new(constants), new(lanes), own);
                }
                else
                {
                    Passes<ChannelPerLane, TLanes>(strip, new(constants), new(lanes), own);
                }

                unit += strip.Units;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Passes<TChannels, TLanes>(Strip strip, Constants constants, Lanes lanes, Totals totals)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            for (int pass = 0; pass < work.Passes; pass++)
            {
                work.Prepare<TLanes>(pass, strip, constants);
                if (!work.Sums(pass))
                {
                    work.Run<TChannels, TLanes>(pass, strip, constants, lanes);
                    continue;
                }

                for (int part = 0; part < sizes.Parts; part++)
                {
                    work.Run<TChannels, TLanes>(pass, sizes.PartOf(strip, part), constants, lanes);
                    totals.Set<TChannels, TLanes>(strip, part, lanes);
                }

                work.Close<TLanes>(pass, strip, totals);
            }
        }
    }

    /// <summary>
    /// One pass over the parts, each of all channels. It begins with the part with which the pass before has ended, which is still in a near cache.
    /// </summary>
    internal readonly struct ImagesPass<TWork>(TWork work, Sizes sizes, Totals totals, int pass, bool backwards, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel, ILanesKernel
        where TWork : struct, IStripWork
    {
        public void Invoke(int from, int to)
        {
            ImagesPass<TWork> some = new(work, sizes, totals, pass, backwards, from, to);
            SimdWidth.Invoke(ref some);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            ImagesPass<TWork> all = this;
            VirtualLanes.Invoke<TSimd, ImagesPass<TWork>>(ref all);
        }

        public void Invoke<TSimd, TLanes>()
            where TSimd : struct, ISimd<TSimd>
            where TLanes : struct, ISimd<TLanes>
        {
            int first = start / sizes.Units, count = ((end - 1) / sizes.Units) + 1 - first;
            for (int i = 0; i < count; i++)
            {
                int part = backwards ? first + count - 1 - i : first + i, item = part * sizes.Units;
                Part<TLanes>(part, Math.Max(start - item, 0), Math.Min(end - item, sizes.Units));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Part<TLanes>(int part, int unit, int last)
            where TLanes : struct, ISimd<TLanes>
        {
            float* constants = stackalloc float[Constants.Length], lanes = stackalloc float[Lanes.Length];
            while (unit < last)
            {
                Strip strip = sizes.PartOf(sizes.SideBySide(unit, last), part);
                work.Prepare<TLanes>(pass, strip, new(constants));
                work.Run<OneChannel, TLanes>(pass, strip, new(constants), new(lanes));
                if (work.Sums(pass))
                {
                    totals.Set<OneChannel, TLanes>(strip, part, new(lanes));
                }

                unit += strip.Units;
            }
        }
    }

    /// <summary>Takes the sums of a pass, for all channels.</summary>
    private readonly struct Closing<TWork>(TWork work, Sizes sizes, Totals totals, int pass) : ISimdKernel, ILanesKernel
        where TWork : struct, IStripWork
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Closing<TWork> all = this;
            VirtualLanes.Invoke<TSimd, Closing<TWork>>(ref all);
        }

        public void Invoke<TSimd, TLanes>()
            where TSimd : struct, ISimd<TSimd>
            where TLanes : struct, ISimd<TLanes>
        {
            for (int channel = 0; channel < sizes.Units; channel += VirtualLanes.Count)
            {
                work.Close<TLanes>(pass, sizes.Channels(channel), totals);
            }
        }
    }
}
