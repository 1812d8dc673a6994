using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

/// <summary>Every member of <see cref="ISimd{TSelf}"/>, at every width, against the same operation on one number.</summary>
public unsafe partial class SimdTests
{
    private const int Most = 64;

    private static readonly float[] s_values = Values();

    [Fact]
    public void Addition_is_exact() => Check<Add>((a, b) => a + b);

    [Fact]
    public void Subtraction_is_exact() => Check<Subtract>((a, b) => a - b);

    [Fact]
    public void Multiplication_is_exact() => Check<Multiply>((a, b) => a * b);

    [Fact]
    public void Division_is_exact() => Check<Divide>((a, b) => a / b);

    [Fact]
    public void Minimum_is_that_of_the_standard() => Check<Min>(MathF.Min);

    [Fact]
    public void Maximum_is_that_of_the_standard() => Check<Max>(MathF.Max);

    /// <summary>Also their bits: of two zeros and of any NaN the second operand is taken.</summary>
    [Fact]
    public void Lesser_and_greater_prefer_the_second()
    {
        CheckBits<Lesser>((a, b) => Value(a) < Value(b) ? a : b);
        CheckBits<Greater>((a, b) => Value(a) > Value(b) ? a : b);
    }

    [Fact]
    public void Square_root_is_correctly_rounded() => Check<Sqrt>(MathF.Sqrt);

    [Fact]
    public void Rounding_takes_the_nearest_and_the_even() => Check<Round>(value => MathF.Round(value, MidpointRounding.ToEven));

    [Fact]
    public void Fused_multiply_and_add_rounds_once() => Check<FusedMultiplyAdd>(MathF.FusedMultiplyAdd);

    [Fact]
    public void Accumulate_rounds_once() => Check<Accumulate>((a, b, c) => MathF.FusedMultiplyAdd(b, c, a));

    [Fact]
    public void Magnitude_clears_the_sign() => CheckBits<Abs>((a, _) => a & 0x7FFF_FFFF);

    [Fact]
    public void Comparisons_are_masks()
    {
        CheckBits<Equal>((a, b) => Mask(Value(a) == Value(b)));
        CheckBits<LessThan>((a, b) => Mask(Value(a) < Value(b)));
        CheckBits<LessThanOrEqual>((a, b) => Mask(Value(a) <= Value(b)));
        CheckBits<LessThanBits>((a, b) => Mask((int)a < (int)b));
    }

    [Fact]
    public void Logic_is_that_of_the_bits()
    {
        CheckBits<And>((a, b) => a & b);
        CheckBits<Or>((a, b) => a | b);
        CheckBits<Xor>((a, b) => a ^ b);
        CheckBits<SelectLess>((a, b) => Value(a) < Value(b) ? a : b);
    }

    [Fact]
    public void Integer_arithmetic_wraps()
    {
        CheckBits<AddBits>((a, b) => a + b);
        CheckBits<SubtractBits>((a, b) => a - b);
        CheckBits<MultiplyLowBits>((a, b) => a * b);
        CheckBits<MultiplyHighBits>((a, b) => (uint)(((ulong)a * b) >> 32));
    }

    [Fact]
    public void Shifts_bring_zeros()
    {
        CheckBits<ShiftLeft9>((a, _) => a << 9);
        CheckBits<ShiftRight9>((a, _) => a >> 9);
    }

    [Fact]
    public void Conversion_of_integers_rounds_to_even() => CheckBits<ConvertBits>((a, _) => Bits((float)(int)a));

    [Fact]
    public void Constants_fill_every_lane()
    {
        ConstantsKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    [Fact]
    public void First_lanes_are_a_mask_for_every_count()
    {
        FirstLanesKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    [Fact]
    public void Rotation_moves_every_lane()
    {
        RotateKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    [Fact]
    public void A_gather_reads_each_lane_where_its_index_says()
    {
        GatherKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    [Fact]
    public void Partial_loads_and_stores_touch_only_their_part()
    {
        PartialKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static float Value(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    private static uint Mask(bool set) => set ? uint.MaxValue : 0;

    /// <summary>Numbers at which an operation may err, and any bits.</summary>
    private static float[] Values()
    {
        float[] special =
        [
            0, 0.5f, 1, 1.5f, 2.5f, MathF.PI, 8388607.5f, 8388609, 16777217, 1e10f, float.MaxValue, float.PositiveInfinity, float.NaN,
            float.Epsilon, Value(0x007F_FFFF), Value(0x0080_0000), Value(0x7FFF_FFFF), Value(0x4B00_0001), 0.49999997f,
        ];
        Random random = new(1);
        IEnumerable<float> any = Enumerable.Range(0, 90).Select(_ => Value((uint)random.NextInt64(1L << 32)));
        return [.. special, .. special.Select(value => -value), .. any];
    }

    private static void Check<TOperator>(Func<float, float> twin)
        where TOperator : struct, IUnaryOperator => Check<OfFirst<TOperator>>((a, _, _) => twin(a));

    private static void Check<TOperator>(Func<float, float, float> twin)
        where TOperator : struct, IBinaryOperator => Check<OfFirstTwo<TOperator>>((a, b, _) => twin(a, b));

    /// <summary>Equal bits, or both NaN: which NaN an arithmetic operation gives, the standard leaves open.</summary>
    private static void Check<TOperator>(Func<float, float, float, float> twin)
        where TOperator : struct, ITernaryOperator
    {
        OperatorKernel<TOperator> kernel = new((a, b, c, actual) =>
        {
            float expected = twin(a, b, c);
            return Bits(expected) == Bits(actual) || (float.IsNaN(expected) && float.IsNaN(actual));
        });
        Widths.EachAndTwice(ref kernel);
    }

    private static void CheckBits<TOperator>(Func<uint, uint, uint> twin)
        where TOperator : struct, IBinaryOperator
    {
        OperatorKernel<OfFirstTwo<TOperator>> kernel = new((a, b, _, actual) => twin(Bits(a), Bits(b)) == Bits(actual));
        Widths.EachAndTwice(ref kernel);
    }

    /// <summary>Every pair of values, each with a third, in vectors that hold different numbers in each lane.</summary>
    private readonly struct OperatorKernel<TOperator>(Func<float, float, float, float, bool> isRight) : ISimdKernel
        where TOperator : struct, ITernaryOperator
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float* a = stackalloc float[Most], b = stackalloc float[Most], c = stackalloc float[Most];
            float* actual = stackalloc float[Most];
            for (int pair = 0; pair < s_values.Length * s_values.Length; pair += TSimd.Count)
            {
                for (int lane = 0; lane < TSimd.Count; lane++)
                {
                    a[lane] = s_values[(pair + lane) / s_values.Length % s_values.Length];
                    b[lane] = s_values[(pair + lane) % s_values.Length];
                    c[lane] = s_values[((pair + lane) * 7 / 5) % s_values.Length];
                }

                default(TOperator).Invoke(TSimd.Load(a), TSimd.Load(b), TSimd.Load(c)).Store(actual);
                for (int lane = 0; lane < TSimd.Count; lane++)
                {
                    if (!isRight(a[lane], b[lane], c[lane], actual[lane]))
                    {
                        string operands = $"{a[lane]:G9}, {b[lane]:G9}, {c[lane]:G9}";
                        Assert.Fail($"{typeof(TOperator)} of {operands} is {actual[lane]:G9} in {typeof(TSimd)}.");
                    }
                }
            }
        }
    }

    private readonly struct ConstantsKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Assert.Equal(Enumerable.Repeat(0u, TSimd.Count), Lanes(TSimd.Zero));
            Assert.Equal(Enumerable.Repeat(Bits(1.5f), TSimd.Count), Lanes(TSimd.Broadcast(1.5f)));
            Assert.Equal(Enumerable.Repeat(0xDEAD_BEEFu, TSimd.Count), Lanes(TSimd.BroadcastBits(0xDEAD_BEEF)));
            Assert.Equal(Enumerable.Range(0, TSimd.Count).Select(lane => (uint)lane), Lanes(TSimd.IndicesBits));
            Assert.InRange(TSimd.RegisterCount, 8, 32);
            Assert.True(TSimd.IsSupported);
        }
    }

    private readonly struct FirstLanesKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            foreach (int count in (int[])[int.MinValue / 2, -1, .. Enumerable.Range(0, TSimd.Count + 2), int.MaxValue])
            {
                Assert.Equal(Enumerable.Range(0, TSimd.Count).Select(lane => Mask(lane < count)), Lanes(TSimd.FirstLanes(count)));
            }
        }
    }

    private readonly struct RotateKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int count = 0; count < TSimd.Count; count++)
            {
                TSimd rotated = TSimd.Rotate(TSimd.IndicesBits, count);
                int by = count;
                Assert.Equal(Enumerable.Range(0, TSimd.Count).Select(lane => (uint)((lane + by) % TSimd.Count)), Lanes(rotated));
                Assert.Equal((uint)count, Bits(TSimd.ToScalar(rotated)));
            }
        }
    }

    /// <summary>Backwards, the first value and the last among them, right between two pages that nobody may touch.</summary>
    private readonly struct GatherKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            using GuardedBuffer source = new(3 * TSimd.Count, atEnd: true), indices = new(TSimd.Count, atEnd: true);
            for (int i = 0; i < source.Length; i++)
            {
                source.Span[i] = 0.5f + i;
            }

            int[] expected = [.. Enumerable.Range(0, TSimd.Count).Select(i => (source.Length - 1) * (TSimd.Count - 1 - i) / (TSimd.Count - 1))];
            expected.CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(indices.Span));
            Assert.Equal(expected.Select(index => Bits(0.5f + index)), Lanes(TSimd.Gather(source.Pointer, TSimd.Load(indices.Pointer))));
        }
    }

    private readonly struct PartialKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float[] all = [.. Enumerable.Range(1, TSimd.Count).Select(value => (float)value)];
            for (int count = -1; count <= TSimd.Count + 1; count++)
            {
                int part = Math.Clamp(count, 0, TSimd.Count);
                using GuardedBuffer source = new(part, atEnd: true), destination = new(part, atEnd: true);
                all.AsSpan(0, part).CopyTo(source.Span);

                TSimd loaded = TSimd.LoadPartial(source.Pointer, count);
                Assert.Equal([.. all.Take(part).Select(Bits), .. Enumerable.Repeat(0u, TSimd.Count - part)], Lanes(loaded));

                TSimd.ConvertBits(TSimd.AddBits(TSimd.IndicesBits, TSimd.BroadcastBits(1))).StorePartial(destination.Pointer, count);
                Assert.Equal(all.Take(part), destination.Span.ToArray());
                CheckRestIsUntouched(TSimd.Broadcast(1), count, part);
            }
        }

        private static void CheckRestIsUntouched<TSimd>(TSimd ones, int count, int part)
            where TSimd : struct, ISimd<TSimd>
        {
            float* lanes = stackalloc float[Most + 1];
            new Span<float>(lanes, Most + 1).Fill(2);
            ones.StorePartial(lanes + 1, count);
            Assert.Equal(part, new Span<float>(lanes, Most + 1).Count(1f));
            Assert.Equal(2, lanes[0]);
        }
    }

    private static uint[] Lanes<TSimd>(TSimd vector)
        where TSimd : struct, ISimd<TSimd>
    {
        uint[] lanes = new uint[TSimd.Count];
        fixed (uint* start = lanes)
        {
            vector.Store((float*)start);
        }

        return lanes;
    }
}
