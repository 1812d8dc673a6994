using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <content>What becomes of the bits.</content>
public readonly unsafe partial struct Philox
{
    /// <summary>Turns the four words of each block into four draws.</summary>
    internal interface IDraw
    {
        Twice<Twice<TSimd>> Invoke<TSimd>(Twice<Twice<TSimd>> words)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>The words themselves.</summary>
    internal readonly struct RawBits : IDraw
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Twice<Twice<TSimd>> Invoke<TSimd>(Twice<Twice<TSimd>> words)
            where TSimd : struct, ISimd<TSimd> => words;
    }

    /// <summary><c>⌊word/2⁸⌋·2⁻²⁴</c>: every float in it is as likely as any other, and 1 is not reached.</summary>
    internal readonly struct Uniform : IDraw
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Twice<Twice<TSimd>> Invoke<TSimd>(Twice<Twice<TSimd>> words)
            where TSimd : struct, ISimd<TSimd> =>
            Twice<Twice<TSimd>>.ConvertBits(Twice<Twice<TSimd>>.ShiftRightBits(words, 8)) * Twice<Twice<TSimd>>.Broadcast(1f / (1 << 24));
    }

    /// <summary>
    /// <c>√(-2 ln u)·(cos φ, sin φ)</c> for a uniform u and a uniform angle φ: two normal draws from two words (Box and Muller, 1958).
    /// </summary>
    internal readonly struct Normal(float mean, float deviation) : IDraw
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Twice<Twice<TSimd>> Invoke<TSimd>(Twice<Twice<TSimd>> words)
            where TSimd : struct, ISimd<TSimd> => new(Pair(words.Low), Pair(words.High));

        /// <remarks>
        /// The two highest bits of the second word choose the signs, hence the quarter; within it φ = π/4 - θ, θ = π/2·d and |d| ≤ ½ from the
        /// other bits: <c>√2·(cos φ, sin φ) = (cos θ + sin θ, cos θ - sin θ)</c>, which takes the 2 out of √(-2 ln u).
        /// </remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Twice<TSimd> Pair<TSimd>(Twice<TSimd> words)
            where TSimd : struct, ISimd<TSimd>
        {
            // u = (⌊word/2⌋ + ½)·2⁻³¹ lies in (0, 1].
            TSimd word = TSimd.ConvertBits(TSimd.ShiftRightBits(words.Low, 1));
            TSimd u = TSimd.FusedMultiplyAdd(word, TSimd.Broadcast(1f / (1u << 31)), TSimd.Broadcast(0.5f / (1u << 31)));
            TSimd radius = TSimd.Sqrt(TSimd.Zero - SimdMath.Log(u));

            TSimd d = TSimd.ConvertBits(TSimd.ShiftLeftBits(words.High, 2)) * TSimd.Broadcast(0.5f / (1u << 31));
            (TSimd cosine, TSimd sine) = QuarterTurn(d);
            TSimd first = Signed(radius * (cosine + sine), words.High);
            TSimd second = Signed(radius * (cosine - sine), TSimd.ShiftLeftBits(words.High, 1));
            return new(Scaled(first), Scaled(second));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TSimd Scaled<TSimd>(TSimd draw)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(draw, TSimd.Broadcast(deviation), TSimd.Broadcast(mean));

        /// <summary>The sign flipped where the highest bit is set.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TSimd Signed<TSimd>(TSimd value, TSimd bits)
            where TSimd : struct, ISimd<TSimd> => value ^ (bits & TSimd.BroadcastBits(0x8000_0000));

        /// <summary>
        /// <c>cos(π/2·d), sin(π/2·d)</c> for |d| ≤ ½, as 1 + t·c(t) and d·s(t) with t = d²: minimax polynomials, made as those of
        /// <see cref="SimdMath"/>; relative errors 2^-31.1 and 2^-25.1.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (TSimd Cosine, TSimd Sine) QuarterTurn<TSimd>(TSimd d)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd t = d * d;
            TSimd c = TSimd.FusedMultiplyAdd(TSimd.Broadcast(8.94486380e-4f), t, TSimd.Broadcast(-2.08555963e-2f));
            c = TSimd.FusedMultiplyAdd(c, t, TSimd.Broadcast(0.253668547f));
            c = TSimd.FusedMultiplyAdd(c, t, TSimd.Broadcast(-1.23370051f));
            TSimd s = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-4.68597142e-3f), t, TSimd.Broadcast(7.97125250e-2f));
            s = TSimd.FusedMultiplyAdd(s, t, TSimd.Broadcast(-0.645966649f));
            s = TSimd.FusedMultiplyAdd(s, t, TSimd.Broadcast(1.57079637f));
            return (TSimd.FusedMultiplyAdd(c, t, TSimd.Broadcast(1)), s * d);
        }
    }

    /// <summary>Integers below a bound, each as likely as any other, from the draws in their order.</summary>
    /// <remarks>
    /// The high word of draw·bound, as Lemire (Fast random integer generation in an interval, 2019): the few draws whose low word falls
    /// below 2³² mod bound are the surplus of some results, and are passed over.
    /// </remarks>
    private ref struct BoundedDraws(Philox philox, Span<uint> group)
    {
        private readonly Span<uint> _group = group;
        private long _index;

        public uint Below(uint bound)
        {
            uint surplus = (uint)((1UL << 32) % bound);
            ulong product;
            do
            {
                product = (ulong)Next() * bound;
            }
            while ((uint)product < surplus);
            return (uint)(product >> 32);
        }

        private uint Next()
        {
            int place = (int)(_index % Group);
            if (place == 0)
            {
                philox.FillBits(_group, _index);
            }

            _index++;
            return _group[place];
        }
    }
}
