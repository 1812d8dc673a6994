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
/// The generator's work is what dropout costs, so a word of <see cref="Philox"/> decides for several values, by digits of 16 bits: a value
/// is dropped by the least p·2¹⁶ of them (as signed numbers). So p is a multiple of 2⁻¹⁶, exactly; where it is one of 2⁻⁸, as ½ and ¼ are,
/// digits of 8 bits say as much. In a group of 128 draws and 256 values, or 512:
/// <code>
/// value   0  1 ... 127   128 129 ... 255   256 ...
/// draw    0  1 ... 127     0   1 ... 127     0 ...
/// digit   highest        next              next
/// </code>
/// What stands under the highest digit does not matter: the least word that keeps has zeros there.
/// </remarks>
public static unsafe class DropoutMask
{
    /// <summary>The draws that share a place in the four words of a group.</summary>
    private const int Blocks = Philox.Group / 4;

    /// <summary>Groups that are worth a thread's while.</summary>
    private const int Grain = 64;

    /// <summary>How many bits of a word decide for a value.</summary>
    internal interface IDigit
    {
        static abstract int Bits { get; }
    }

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
        }
        else if (threshold % 256 == 0)
        {
            Apply<Byte>(x, random, new(threshold), y);
        }
        else
        {
            Apply<Half>(x, random, new(threshold), y);
        }
    }

    /// <summary>p·2¹⁶.</summary>
    internal static int Threshold(float probability) => Math.Min((int)MathF.Round(probability * 65536), 65535);

    /// <summary><c>1/(1 - p)</c> of the p that the threshold stands for.</summary>
    internal static double Factor(int threshold) => 65536.0 / (65536 - threshold);

    private static void Apply<TDigit>(ReadOnlySpan<float> x, Philox random, Factors factors, Span<float> y)
        where TDigit : struct, IDigit
    {
        fixed (float* from = x, to = y)
        {
            Groups<TDigit> groups = new(random, factors, from, to, x.Length);
            WorkerTeam.For(groups.Count, Grain, groups);
        }
    }

    /// <summary>Whole groups of values, from x to y. Legal pointers: both reach over as many values as the groups decide for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Apply<TDigit, TSimd>(Philox random, Factors factors, float* x, float* y, long group, int groups)
        where TDigit : struct, IDigit
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd threshold = TSimd.BroadcastBits(factors.Threshold), factor = TSimd.Broadcast(factors.Factor);
        int values = Groups<TDigit>.Values;
        for (long end = group + groups; group < end; group++, x += values, y += values)
        {
            for (int lane = 0; lane < Blocks; lane += TSimd.Count)
            {
                Twice<Twice<TSimd>> words = random.Next<TSimd>((group * Blocks) + lane);
                for (int i = lane; i < values; i += Philox.Group)
                {
                    Decide(words.Low.Low, threshold, factor, x + i, y + i);
                    Decide(words.Low.High, threshold, factor, x + i + Blocks, y + i + Blocks);
                    Decide(words.High.Low, threshold, factor, x + i + (2 * Blocks), y + i + (2 * Blocks));
                    Decide(words.High.High, threshold, factor, x + i + (3 * Blocks), y + i + (3 * Blocks));
                    words = Twice<Twice<TSimd>>.ShiftLeftBits(words, TDigit.Bits);
                }
            }
        }
    }

    /// <summary>What the highest digit of a word decides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decide<TSimd>(TSimd word, TSimd threshold, TSimd factor, float* x, float* y)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd kept = TSimd.Load(x) * factor;
        TSimd.Select(TSimd.LessThanBits(word, threshold), TSimd.Zero, kept).Store(y);
    }

    /// <summary>For multiples of 2⁻⁸: half the draws of <see cref="Half"/>, and 1.6 times as fast.</summary>
    internal readonly struct Byte : IDigit
    {
        public static int Bits => 8;
    }

    /// <summary>For all others.</summary>
    internal readonly struct Half : IDigit
    {
        public static int Bits => 16;
    }

    /// <summary>What is the same for all values: the least word that keeps, and 1/(1 - p).</summary>
    internal readonly struct Factors(int threshold)
    {
        public uint Threshold { get; } = ((uint)threshold << 16) ^ 0x8000_0000;

        public float Factor { get; } = (float)DropoutMask.Factor(threshold);
    }

    /// <summary>The groups from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Groups<TDigit>(Philox random, Factors factors, float* x, float* y, int length, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
        where TDigit : struct, IDigit
    {
        /// <summary>The values for which one group of draws decides.</summary>
        public static int Values => Philox.Group * 32 / TDigit.Bits;

        public int Count => (int)(((long)length + Values - 1) / Values);

        public void Invoke(int from, int to)
        {
            Groups<TDigit> part = new(random, factors, x, y, length, from, to);
            SimdWidth.Invoke(ref part);
        }

        /// <remarks>Where there are registers for it, the blocks of two vectors at once: the products of each fill the other's waiting.</remarks>
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
            int whole = Math.Min(end, length / Values);
            nint done = (nint)start * Values;
            Apply<TDigit, TSimd>(random, factors, x + done, y + done, start, whole - start);
            if (whole < end)
            {
                ApplyCut<TSimd>(whole);
            }
        }

        /// <summary>The last group, which is cut, by way of the stack.</summary>
        private void ApplyCut<TSimd>(int group)
            where TSimd : struct, ISimd<TSimd>
        {
            float* cut = stackalloc float[Values];
            nint done = (nint)group * Values;
            int count = length - (int)done;
            new Span<float>(x + done, count).CopyTo(new(cut, count));
            Apply<TDigit, TSimd>(random, factors, cut, cut, group, 1);
            new Span<float>(cut, count).CopyTo(new(y + done, count));
        }
    }
}
