using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Where windows lie.</content>
public static unsafe partial class Pooling
{
    /// <summary>The most values of lines that are laid out: half of a product's scratch.</summary>
    internal const int Room = 1 << 19;

    /// <summary>What may be read, and is, after the last value of a line that is laid out: two vectors.</summary>
    private const int Slack = 32;

    /// <summary>The windows along one axis.</summary>
    private readonly struct Line(WindowAxis window, int size, int outputs)
    {
        /// <summary>Outputs before it have a window that the padding in front cuts.</summary>
        public readonly int FirstWhole = Math.Min((int)((window.PadBefore + window.Stride - 1L) / window.Stride), outputs);

        /// <summary>Outputs from it on have a window that the padding behind cuts.</summary>
        public readonly int FirstCut = (long)size + window.PadBefore < window.Kernel
            ? 0
            : (int)Math.Min((((long)size + window.PadBefore - window.Kernel) / window.Stride) + 1, outputs);

        /// <summary>Whether whole windows of two places lie side by side, with no padding.</summary>
        public bool IsHalving => window.Kernel == 2 && window.Stride == 2 && FirstWhole == 0 && FirstCut == Count;

        public readonly int Count = outputs, Stride = window.Stride;

        /// <summary>Where a window starts, and just after its last place, padding or not.</summary>
        public int Start(int output) => (output * window.Stride) - window.PadBefore;

        public long End(int output) => (long)Start(output) + window.Kernel;

        /// <summary>What a window takes in: from where, and how many.</summary>
        public (int First, int Count) Window(int output)
        {
            int start = Start(output), first = Math.Max(start, 0);
            return (first, (int)Math.Min(End(output), size) - first);
        }

        /// <summary>How many windows from this one on lie a stride apart and take in as many places.</summary>
        public int Alike(int output) => output >= FirstWhole && output < FirstCut ? FirstCut - output : 1;

        /// <summary>The outputs whose windows hold a place from <paramref name="from"/> up to <paramref name="to"/>; there may be none.</summary>
        public (int First, int End) Outputs(int from, int to)
        {
            long before = (long)from + window.PadBefore - window.Kernel;
            int first = before < 0 ? 0 : (int)(before / window.Stride) + 1;
            return (first, (int)Math.Min((((long)to - 1 + window.PadBefore) / window.Stride) + 1, Count));
        }
    }

    /// <summary>Windows that follow each other along a line.</summary>
    private interface IReach
    {
        /// <summary>Lane i: <c>place[i·stride]</c>, i &lt; left.</summary>
        TSimd At<TSimd>(float* place, int left)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>Stride 1.</summary>
    private readonly struct SideBySide : IReach
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At<TSimd>(float* place, int left)
            where TSimd : struct, ISimd<TSimd> => TSimd.Load(place);
    }

    /// <summary>Stride 2.</summary>
    private readonly struct EverySecond : IReach
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At<TSimd>(float* place, int left)
            where TSimd : struct, ISimd<TSimd> => TSimd.Deinterleave(TSimd.Load(place), TSimd.Load(place + TSimd.Count)).Even;
    }

    /// <summary>Any stride.</summary>
    private readonly struct EveryNth(int stride) : IReach
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd At<TSimd>(float* place, int left)
            where TSimd : struct, ISimd<TSimd> =>
            TSimd.Gather(place, TSimd.MultiplyLowBits(TSimd.IndicesBits, TSimd.BroadcastBits((uint)stride)) & TSimd.FirstLanes(left));
    }
}
