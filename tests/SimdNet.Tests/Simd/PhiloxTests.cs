using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

/// <summary>
/// The statistics of the draws are those of fixed seeds: bounds are five deviations of the statistic (one true generator in a million
/// would fail), and a test that passes once passes always.
/// </summary>
public unsafe class PhiloxTests
{
    private const int Many = 1 << 18;

    /// <summary>Logarithm 2, root 1, angle 1 and its two polynomials 3 each with their error, sum 1, product 1, scale 1.</summary>
    private const int NormalRoundings = 13;

    /// <summary>The known answers that the authors publish with Random123.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Published_answers_come_at_every_width(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint[] expected)
    {
        Assert.Equal(expected, PhiloxReference.Block([c0, c1, c2, c3], [k0, k1]));
        KnownAnswerKernel kernel = new([c0, c1, c2, c3], ((ulong)k1 << 32) | k0, expected);
        Widths.Each(ref kernel);
    }

    [Fact]
    public void Draws_are_those_of_the_twin_at_every_width_between_guard_pages()
    {
        foreach (long offset in (long[])[0, 1, 100, 127, 128, (1L << 34) - 200, 1L << 40])
        {
            foreach (int length in (int[])[0, 1, 27, 28, 29, 128, 300])
            {
                DrawsKernel kernel = new(offset, length);
                Widths.Each(ref kernel);
            }
        }
    }

    [Fact]
    public void Parts_are_the_whole()
    {
        Philox philox = new(7, 8, 9);
        float[] whole = new float[1000], parts = new float[1000];
        philox.FillNormal(whole, 1, 2, offset: 50);
        for (int start = 0, length = 1; start < parts.Length; start += length, length = Math.Min(length * 2, parts.Length - start))
        {
            philox.FillNormal(parts.AsSpan(start, length), 1, 2, offset: 50 + start);
        }

        Assert.Equal(whole, parts);
    }

    [Fact]
    public void One_draw_is_that_of_the_fill()
    {
        Philox philox = new(3, 1);
        uint[] bits = new uint[300];
        philox.FillBits(bits);
        Assert.Equal(bits, Enumerable.Range(0, 300).Select(index => philox.UInt32At(index)));
    }

    [Fact]
    public void Uniform_draws_are_uniform()
    {
        float[] x = new float[Many];
        new Philox(1).FillUniform(x);
        Assert.DoesNotContain(x, value => value is < 0 or >= 1);
        Assert.Equal(0.5, x.Average(value => (double)value), 5 * Math.Sqrt(1 / 12.0 / Many));
        Assert.Equal(1 / 12.0, x.Average(value => (value - 0.5) * (value - 0.5)), 5 * Math.Sqrt(1 / 180.0 / Many));
        CheckChiSquare(x);
    }

    [Fact]
    public void Normal_draws_are_normal()
    {
        float[] x = new float[Many];
        new Philox(2).FillNormal(x);
        double[] moments = [.. Enumerable.Range(1, 4).Select(power => x.Average(value => Math.Pow(value, power)))];
        Assert.Equal(0, moments[0], 5 * Math.Sqrt(1.0 / Many));
        Assert.Equal(1, moments[1], 5 * Math.Sqrt(2.0 / Many));
        Assert.Equal(0, moments[2], 5 * Math.Sqrt(15.0 / Many));
        Assert.Equal(3, moments[3], 5 * Math.Sqrt(96.0 / Many));
        Assert.InRange(x.Max(), 4, 6.7);
        Assert.InRange(x.Min(), -6.7, -4);
    }

    /// <summary>Kolmogorov and Smirnov: <c>√n·sup|F - Fₙ|</c> exceeds 2.7 once in a million (2·exp(-2·2.7²)).</summary>
    [Fact]
    public void Normal_draws_have_the_distribution_of_Gauss()
    {
        float[] x = new float[Many];
        new Philox(3).FillNormal(x, mean: -5, deviation: 2);
        Array.Sort(x);
        double distance = 0;
        for (int i = 0; i < Many; i += 16)
        {
            distance = Math.Max(distance, Math.Abs(Gauss((x[i] + 5.0) / 2) - ((i + 0.5) / Many)));
        }

        Assert.InRange(Math.Sqrt(Many) * distance, 0, 2.7);
    }

    /// <summary>Neighbouring seeds, streams, substreams and draws: a correlation of n pairs has a deviation of 1/√n.</summary>
    [Fact]
    public void Streams_have_nothing_to_do_with_each_other()
    {
        float[] x = Drawn(new(5, 6, 7));
        Philox[] others = [new(4, 6, 7), new(5UL + (1UL << 32), 6, 7), new(5, 7, 7), new(5, 6, 6), new(5, 7, 6)];
        foreach (float[] y in (float[][])[.. others.Select(Drawn), [.. x.Skip(1), x[0]]])
        {
            Assert.Equal(0, x.Zip(y, (a, b) => (double)a * b).Average(), 5 / Math.Sqrt(x.Length));
        }

        static float[] Drawn(Philox philox)
        {
            float[] draws = new float[1 << 17];
            philox.FillNormal(draws);
            return draws;
        }
    }

    [Fact]
    public void Shuffle_gives_every_order_equally_often()
    {
        const int Shuffles = 24_000;
        int[] counts = new int[1 << 8];
        for (uint shuffle = 0; shuffle < Shuffles; shuffle++)
        {
            Span<int> order = [0, 1, 2, 3];
            new Philox(1, shuffle).Shuffle(order);
            counts[(order[0] << 6) | (order[1] << 4) | (order[2] << 2) | order[3]]++;
        }

        int[] orders = [.. counts.Where(count => count > 0)];
        double chiSquare = orders.Sum(count => Math.Pow(count - (Shuffles / 24.0), 2) / (Shuffles / 24.0));
        Assert.Equal(24, orders.Length);
        Assert.InRange(chiSquare, 0, 23 + (5 * Math.Sqrt(2 * 23)));
    }

    [Fact]
    public void Shuffle_keeps_every_value_of_a_long_list()
    {
        int[] values = [.. Enumerable.Range(0, 60_000)];
        new Philox(9).Shuffle(values.AsSpan());
        Assert.InRange(values.Where((value, index) => value == index).Count(), 0, 7);
        Assert.Equal(Enumerable.Range(0, 60_000), values.Order());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        float[] x = new float[1000];
        int[] order = new int[1000];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            new Philox(1).FillUniform(x, 5);
            new Philox(1).FillNormal(x, 0, 1, 5);
            new Philox(1).Shuffle(order.AsSpan());
        }
    }

    [Fact]
    public void Negative_offset_is_refused_and_nothing_is_written()
    {
        float[] x = new float[3];
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => new Philox(1).FillUniform(x, -1));
        Assert.Equal(new float[3], x);
    }

    private static void CheckChiSquare(float[] x)
    {
        const int Bins = 1024;
        int[] counts = new int[Bins];
        foreach (float value in x)
        {
            counts[(int)(value * Bins)]++;
        }

        double expected = (double)x.Length / Bins, chiSquare = counts.Sum(count => Math.Pow(count - expected, 2) / expected);
        Assert.Equal(Bins - 1, chiSquare, 5 * Math.Sqrt(2.0 * (Bins - 1)));
    }

    /// <summary>The normal distribution by Simpson's rule from 0: no error function in the base library.</summary>
    private static double Gauss(double x)
    {
        const int Steps = 64;
        double h = x / Steps, sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            sum += Math.Exp(-0.5 * (i * h) * (i * h)) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return 0.5 + (sum * h / 3 / Math.Sqrt(2 * Math.PI));
    }

    private readonly struct KnownAnswerKernel(uint[] counter, ulong seed, uint[] expected) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            uint* words = stackalloc uint[64];
            TSimd word0 = TSimd.BroadcastBits(counter[0]), word1 = TSimd.BroadcastBits(counter[1]);
            TSimd word2 = TSimd.BroadcastBits(counter[2]), word3 = TSimd.BroadcastBits(counter[3]);
            Philox.Permute(word0, word1, word2, word3, seed).Store((float*)words);
            for (int i = 0; i < 4 * TSimd.Count; i++)
            {
                Assert.Equal(expected[i / TSimd.Count], words[i]);
            }
        }
    }

    private readonly struct DrawsKernel(long offset, int length) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Philox philox = new(0x0123_4567_89AB_CDEF, 11, 12);
            PhiloxReference twin = new(0x0123_4567_89AB_CDEF, 11, 12);
            using GuardedBuffer buffer = new(length, atEnd: true);
            philox.Fill<Philox.RawBits, TSimd>(default, buffer.Pointer, offset, length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(twin.Bits(offset + i), BitConverter.SingleToUInt32Bits(buffer.Span[i]));
            }

            philox.Fill<Philox.Uniform, TSimd>(default, buffer.Pointer, offset, length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(twin.Uniform(offset + i), buffer.Span[i]);
            }

            philox.Fill<Philox.Normal, TSimd>(new(0, 1), buffer.Pointer, offset, length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(twin.Normal(offset + i), buffer.Span[i], Tolerance.Gamma(NormalRoundings) * 6.67);
            }
        }
    }
}
