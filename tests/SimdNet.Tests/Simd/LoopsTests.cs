using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

public unsafe class LoopsTests
{
    /// <summary>Around nothing, one vector, four vectors, and a tail behind each, at 16 lanes as at 4.</summary>
    private static readonly int[] s_lengths = [.. Enumerable.Range(0, 90), 127, 128, 129, 191, 192, 193];

    [Fact]
    public void Loops_compute_every_element_between_guard_pages()
    {
        foreach (int length in s_lengths)
        {
            foreach (bool atEnd in (bool[])[true, false])
            {
                using GuardedBuffer x = Filled(length, 1, atEnd), y = Filled(length, 2, atEnd), z = Filled(length, 3, atEnd);
                using GuardedBuffer destination = new(length, atEnd);
                LoopsKernel kernel = new(x.Pointer, y.Pointer, z.Pointer, destination.Pointer, length);
                Widths.Each(ref kernel);
            }
        }
    }

    [Fact]
    public void In_place_is_the_same_as_apart()
    {
        foreach (int length in s_lengths)
        {
            float[] x = Random(length, 1), y = Random(length, 2), apart = new float[length];
            float[] mapped = [.. x], first = [.. x], second = [.. y];
            Loops.Zip(default(Difference), x, y, apart);
            Loops.Map(new Scale(0.75f), mapped, mapped);
            Loops.Zip(default(Difference), first, y, first);
            Loops.Zip(default(Difference), x, second, second);
            Assert.Equal(x.Select(value => value * 0.75f), mapped);
            Assert.Equal(apart, first);
            Assert.Equal(apart, second);
        }
    }

    [Fact]
    public void Folds_have_the_same_bits_at_every_width_and_every_start()
    {
        FoldsKernel kernel = default;
        Widths.Each(ref kernel);
    }

    [Fact]
    public void Folds_are_within_the_computed_bound_of_the_double_twin()
    {
        foreach (int length in (int[])[1, 31, 32, 33, 1000, 4096, 100_003])
        {
            float[] x = Random(length, length);
            int roundings = ((length + 31) / 32) + 5;
            double magnitude = x.Sum(value => Math.Abs((double)value));
            Assert.Equal(LoopsReference.Sum(x), Loops.Fold(default(Sum), x), Tolerance.Gamma(roundings) * magnitude);
            double squares = LoopsReference.SumOfSquares(x);
            Assert.Equal(squares, Loops.Fold(default(SumOfSquares), x), Tolerance.Gamma(roundings) * squares);
            Assert.Equal(x.Max(), Loops.Fold(default(Maximum), x));
        }
    }

    [Fact]
    public void Folds_of_nothing_are_identities()
    {
        Assert.Equal(0, Loops.Fold(default(Sum), []));
        Assert.Equal(0, Loops.Fold(default(SumOfSquares), []));
        Assert.Equal(float.NegativeInfinity, Loops.Fold(default(Maximum), []));
    }

    /// <summary>NaN reaches the result from any lane, also from the partial vector, whose dead lanes reach nothing.</summary>
    [Fact]
    public void Folds_pass_NaN_on_and_nothing_from_behind_the_end()
    {
        for (int length = 1; length < 70; length++)
        {
            float[] x = [.. Enumerable.Repeat(-1f, length)];
            Assert.Equal(-1, Loops.Fold(default(Maximum), x));
            x[length / 2] = float.NaN;
            Assert.True(float.IsNaN(Loops.Fold(default(Maximum), x)));
            Assert.True(float.IsNaN(Loops.Fold(default(Sum), x)));
        }
    }

    [Fact]
    public void Unequal_lengths_are_refused_by_numbers()
    {
        float[] three = [1, 2, 3], four = new float[4];
        ArgumentException error = Assert.Throws<ArgumentException>("destination", () => Loops.Map(new Scale(2), three, four));
        Assert.Contains("'destination' holds 4 values, expected 3.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("y", () => Loops.Zip(default(Difference), three, four, three));
        Assert.Throws<ArgumentException>("destination", () => Loops.Zip(default(Difference), three, three, four));
        Assert.Throws<ArgumentException>("y", () => Loops.Zip3(default(MultiplyAdd), three, four, three, three));
        Assert.Throws<ArgumentException>("z", () => Loops.Zip3(default(MultiplyAdd), three, three, four, three));
        Assert.Throws<ArgumentException>("destination", () => Loops.Zip3(default(MultiplyAdd), three, three, three, four));
        Assert.Equal(new float[4], four);
    }

    [Fact]
    public void Shifted_overlap_is_refused_and_nothing_is_written()
    {
        float[] all = Random(20, 1), before = [.. all], other = new float[10];
        Assert.Throws<ArgumentException>("destination", () => Loops.Map(new Scale(2), all.AsSpan(0, 10), all.AsSpan(1, 10)));
        Assert.Throws<ArgumentException>("destination", () => Loops.Zip(default(Difference), other, all.AsSpan(3, 10), all.AsSpan(0, 10)));
        Assert.Throws<ArgumentException>(
            "destination", () => Loops.Zip3(default(MultiplyAdd), other, other, all.AsSpan(3, 10), all.AsSpan(4, 10)));
        Assert.Equal(before, all);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        float[] x = Random(1000, 1), y = new float[1000];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            Loops.Map(new Scale(2), x, y);
            Loops.Zip(default(Difference), x, y, y);
            Loops.Zip3(default(MultiplyAdd), x, y, x, y);
            y[0] = Loops.Fold(default(Sum), x);
        }
    }

    private static float[] Random(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private static GuardedBuffer Filled(int length, int seed, bool atEnd)
    {
        GuardedBuffer buffer = new(length, atEnd);
        Random(length, seed).CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary><c>factor·x</c></summary>
    private readonly struct Scale(float factor) : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(factor) * x;
    }

    /// <summary><c>x - y</c></summary>
    private readonly struct Difference : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x - y;
    }

    /// <summary><c>x·y + z</c></summary>
    private readonly struct MultiplyAdd : ITernaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(x, y, z);
    }

    private readonly struct LoopsKernel(float* x, float* y, float* z, float* destination, int length) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Loops.Map<Scale, TSimd>(new(0.75f), x, destination, length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(x[i] * 0.75f, destination[i]);
            }

            Loops.Zip<Difference, TSimd>(default, x, y, destination, length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(x[i] - y[i], destination[i]);
            }

            Loops.Zip3<MultiplyAdd, TSimd>(default, x, y, z, destination, length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(MathF.FusedMultiplyAdd(x[i], y[i], z[i]), destination[i]);
            }
        }
    }

    private readonly struct FoldsKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            foreach (int length in (int[])[.. s_lengths, 1000, 4097])
            {
                float[] values = Random(length, length);
                float sum = LoopsReference.Fold(0, (a, b) => a + b, (a, b) => a + b, values);
                float squares = LoopsReference.Fold(0, (a, b) => MathF.FusedMultiplyAdd(b, b, a), (a, b) => a + b, values);
                float maximum = LoopsReference.Fold(float.NegativeInfinity, MathF.Max, MathF.Max, values);
                for (int start = 0; start < 4; start++)
                {
                    using GuardedBuffer x = new(length + start, atEnd: start % 2 == 0);
                    values.CopyTo(x.Span[start..]);
                    Assert.Equal(sum, Loops.Fold<Sum, TSimd>(default, x.Pointer + start, length));
                    Assert.Equal(squares, Loops.Fold<SumOfSquares, TSimd>(default, x.Pointer + start, length));
                    Assert.Equal(maximum, Loops.Fold<Maximum, TSimd>(default, x.Pointer + start, length));
                }
            }
        }
    }
}
