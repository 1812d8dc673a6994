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

    /// <summary>The values for which one word of all blocks of a group decides, by one half.</summary>
    private const int Blocks = Philox.Group / 4;

    /// <summary>The numbers that half a word may be.</summary>
    private const int Halves = 1 << 16;

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
            Groups groups = new(random, new(threshold), from, to, x.Length);
            WorkerTeam.For((int)((x.Length + (Group - 1L)) / Group), Grain, groups);
        }
    }

    /// <summary>p·2¹⁶: how many of the 2¹⁶ halves of a word drop a value.</summary>
    internal static int Threshold(float probability) => Math.Min((int)MathF.Round(probability * Halves), Halves - 1);

    /// <summary><c>1/(1 - p)</c> of the p that the threshold stands for.</summary>
    internal static double Factor(int threshold) => Halves / (double)(Halves - threshold);

    /// <summary>The groups from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Groups(Philox random, Factors factors, float* x, float* y, int length, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            Groups part = new(random, factors, x, y, length, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (TSimd.RegisterCount >= 32)
            {
                Apply<Twice<TSimd>>();
            }
            else
            {
                Apply<TSimd>();
            }
        }

        private void Apply<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int whole = Math.Min(end, length / Group);
            nint done = (nint)start * Group;
            DropoutMask.Apply<TSimd>(random, factors, x + done, y + done, start, whole - start);
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
            DropoutMask.Apply<TSimd>(random, factors, cut, cut, done / Group, 1);
            new Span<float>(cut, count).CopyTo(new(y + done, count));
        }
    }

    /// <summary>Whole groups of values, from x to y. Legal pointers: both reach over groups·256 values.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Apply<TSimd>(Philox random, Factors factors, float* x, float* y, long group, int groups)
        where TSimd : struct, ISimd<TSimd>
    {
        Decision<TSimd> decision = new(factors);
        for (long end = group + groups; group < end; group++, x += Group, y += Group)
        {
            for (int lane = 0; lane < Blocks; lane += TSimd.Count)
            {
                Twice<Twice<TSimd>> words = random.Next<TSimd>((group * Blocks) + lane);
                decision.Apply(words.Low.Low, x + lane, y + lane);
                decision.Apply(words.Low.High, x + lane + Blocks, y + lane + Blocks);
                decision.Apply(words.High.Low, x + lane + (2 * Blocks), y + lane + (2 * Blocks));
                decision.Apply(words.High.High, x + lane + (3 * Blocks), y + lane + (3 * Blocks));
            }
        }
    }

    /// <summary>What is the same for all values.</summary>
    internal readonly struct Factors(int threshold)
    {
        /// <summary>Half a word in the low bits of this float is a whole number added to it: so halves are compared as floats.</summary>
        public const float Base = 1 << 23;

        public float Threshold { get; } = Base + threshold;

        public float Factor { get; } = (float)DropoutMask.Factor(threshold);
    }

    /// <summary>What the two halves of a word decide.</summary>
    private readonly struct Decision<TSimd>(Factors factors)
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly TSimd _threshold = TSimd.Broadcast(factors.Threshold), _factor = TSimd.Broadcast(factors.Factor);

        /// <summary>The low half for the values at x, the high half for those 128 after them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(TSimd word, float* x, float* y)
        {
            Select(word & TSimd.BroadcastBits(Halves - 1), x, y);
            Select(TSimd.ShiftRightBits(word, 16), x + Philox.Group, y + Philox.Group);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Select(TSimd half, float* x, float* y)
        {
            TSimd isKept = TSimd.LessThanOrEqual(_threshold, half | TSimd.Broadcast(Factors.Base));
            TSimd.Select(isKept, TSimd.Load(x) * _factor, TSimd.Zero).Store(y);
        }
    }
}
