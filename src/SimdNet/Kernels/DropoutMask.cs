using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>
/// Dropout: each value is dropped with probability p, or else kept and multiplied by 1/(1 - p), which preserves its expectation. The mask
/// is not stored: whoever has the generator makes it again.
/// </summary>
/// <remarks>
/// Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014), in the inverted form of PyTorch and ONNX.
/// A word of <see cref="Philox"/> decides for two values, by its low half and by its high: they are dropped where the half is less than
/// p·2¹⁶. So p is a multiple of 2⁻¹⁶, exactly, and the generator's work, which is what dropout costs, is halved. Of 256 values:
/// <code>
/// value   0  1 ... 127   128 129 ... 255
/// draw    0  1 ... 127     0   1 ... 127
/// half    low            high
/// </code>
/// </remarks>
public static unsafe class DropoutMask
{
    /// <summary>The values for which one group of draws decides.</summary>
    private const int Group = 2 * Philox.Group;

    /// <summary>Groups that are worth a thread's while.</summary>
    private const int Grain = 64;

    /// <summary><c>y[i] = dropped(i) ? 0 : x[i]/(1 - p)</c>; backward <c>dInput[i] = dropped(i) ? 0 : dOutput[i]/(1 - p)</c> is the same.</summary>
    /// <param name="x">[n].</param>
    /// <param name="probability">p, 0 ≤ p &lt; 1: taken as the nearest multiple of 2⁻¹⁶ below 1, in the mask and in the factor.</param>
    /// <param name="random">The generator: the same one gives the same mask, whatever computes it.</param>
    /// <param name="y">[n]; may start where <paramref name="x"/> starts (in place).</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="probability"/> is out of its range, lengths differ, or spans overlap without starting together.
    /// </exception>
    public static void Apply(ReadOnlySpan<float> x, float probability, Philox random, Span<float> y)
    {
        Guard.Fraction(probability, nameof(probability));
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.SameOrApart(x, y, nameof(x), nameof(y));
        int threshold = Threshold(probability);
        if (threshold == 0)
        {
            x.CopyTo(y);
            return;
        }

        fixed (float* from = x, to = y)
        {
            WorkerTeam.For((int)((x.Length + (Group - 1L)) / Group), Grain, new Groups(random, threshold, from, to, x.Length));
        }
    }

    /// <summary>p·2¹⁶: how many of the 2¹⁶ halves of a word drop a value.</summary>
    internal static int Threshold(float probability) => Math.Min((int)MathF.Round(probability * (1 << 16)), (1 << 16) - 1);

    /// <summary>The groups from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Groups(Philox random, int threshold, float* x, float* y, int length, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            Groups part = new(random, threshold, x, y, length, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int whole = Math.Min(end, length / Group);
            nint done = (nint)start * Group;
            Apply<TSimd>(random, threshold, x + done, y + done, start, whole - start);
            if (whole < end)
            {
                ApplyCut<TSimd>((nint)whole * Group);
            }
        }

        /// <summary>The last group, which is cut, by way of the stack.</summary>
        private void ApplyCut<TSimd>(nint done)
            where TSimd : struct, ISimd<TSimd>
        {
            float* cut = stackalloc float[Group];
            int count = length - (int)done;
            new Span<float>(x + done, count).CopyTo(new(cut, count));
            Apply<TSimd>(random, threshold, cut, cut, done / Group, 1);
            new Span<float>(cut, count).CopyTo(new(y + done, count));
        }
    }

    /// <summary>Whole groups of values, from x to y. Legal pointers: both reach over groups·256 values.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Apply<TSimd>(Philox random, int threshold, float* x, float* y, long group, int groups)
        where TSimd : struct, ISimd<TSimd>
    {
        Halves<TSimd> halves = new(threshold);
        for (long end = group + groups; group < end; group++, x += Group, y += Group)
        {
            for (int lane = 0; lane < VirtualLanes.Count; lane += TSimd.Count)
            {
                Twice<Twice<TSimd>> words = random.Next<TSimd>((group * VirtualLanes.Count) + lane);
                halves.Apply(words.Low.Low, x + lane, y + lane);
                halves.Apply(words.Low.High, x + lane + 32, y + lane + 32);
                halves.Apply(words.High.Low, x + lane + 64, y + lane + 64);
                halves.Apply(words.High.High, x + lane + 96, y + lane + 96);
            }
        }
    }

    /// <summary>What the two halves of a word do.</summary>
    private readonly struct Halves<TSimd>(int threshold)
        where TSimd : struct, ISimd<TSimd>
    {
        /// <summary>A half in the low bits of this float is a whole number added to it: so halves are compared as floats.</summary>
        private const float Base = 1 << 23;

        private readonly TSimd _threshold = TSimd.Broadcast(Base + threshold), _scale = TSimd.Broadcast(65536f / (65536 - threshold));

        /// <summary>The low half for the values at x, the high half for those 128 after them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(TSimd word, float* x, float* y)
        {
            Select(word & TSimd.BroadcastBits(0xFFFF), x, y);
            Select(TSimd.ShiftRightBits(word, 16), x + Philox.Group, y + Philox.Group);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Select(TSimd half, float* x, float* y)
        {
            TSimd isKept = TSimd.LessThanOrEqual(_threshold, half | TSimd.Broadcast(Base));
            TSimd.Select(isKept, TSimd.Load(x) * _scale, TSimd.Zero).Store(y);
        }
    }
}
