using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>The statistics are those of fixed seeds: bounds are five deviations, and a test that passes once passes always.</summary>
[Collection(nameof(Alone))]
public sealed unsafe class DropoutMaskTests : IDisposable
{
    private const int Many = 1 << 18;

    private readonly int _sizeBefore = WorkerTeam.Size;

    public static TheoryData<int> Lengths => [0, 1, 17, 127, 128, 129, 255, 256, 257, 511, 512, 600, 1024];

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    /// <summary>The factor and the product are each rounded once.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public void Values_are_those_of_the_reference(int length)
    {
        foreach (float probability in (float[])[1e-6f, 0.1f, 0.5f, 0.9f, 0.99999f])
        {
            foreach ((bool atEnd, bool inPlace) in ((bool, bool)[])[(true, false), (false, true)])
            {
                using GuardedBuffer x = new(length, atEnd), other = new(length, atEnd);
                Draws.Normal(length, stream: 1).CopyTo(x.Span);
                float[] before = x.Span.ToArray();
                Span<float> y = inPlace ? x.Span : other.Span;

                DropoutMask.Apply(x.Span, probability, new Philox(5, 6, 7), y);

                PhiloxReference twin = new(5, 6, 7);
                for (int i = 0; i < length; i++)
                {
                    double expected = DropoutMaskReference.Apply(before[i], probability, twin, i);
                    Assert.InRange(y[i] - expected, -Tolerance.Gamma(2) * Math.Abs(expected), Tolerance.Gamma(2) * Math.Abs(expected));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void The_bits_are_the_same_at_every_width(int length)
    {
        float[] x = Draws.Normal(length, stream: 1), y = new float[length];
        fixed (float* x0 = x, y0 = y)
        {
            DropoutMask.Groups<DropoutMask.Half> halves = new(new Philox(1, 2, 3), new(threshold: 20_001), x0, y0, length, 0, (length + 255) / 256);
            DropoutMask.Groups<DropoutMask.Byte> bytes = new(new Philox(1, 2, 3), new(threshold: 20_224), x0, y0, length, 0, (length + 511) / 512);
            Widths.Same(halves, () => Array.Fill(y, float.NaN), () => [.. y]);
            Widths.Same(bytes, () => Array.Fill(y, float.NaN), () => [.. y]);
        }
    }

    [Theory]
    [InlineData(0.4f)]
    [InlineData(0.5f)]
    public void The_bits_are_the_same_for_any_number_of_threads(float probability)
    {
        float[] x = Draws.Normal(100_003, stream: 1);
        int[] first = [];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] y = new float[x.Length];
            DropoutMask.Apply(x, probability, new Philox(1), y);
            first = threads == 1 ? Widths.Bits(y) : first;
            Assert.Equal(first, Widths.Bits(y));
        }
    }

    /// <summary>The number kept of n is binomial: its deviation is <c>√(n·p·(1 - p))</c>. Each digit of the words by itself, too.</summary>
    [Theory]
    [InlineData(0.01f)]
    [InlineData(0.25f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void As_many_are_kept_as_the_probability_says_and_the_mean_stays(float probability)
    {
        float[] ones = Ones(Many), y = new float[Many];
        DropoutMask.Apply(ones, probability, new Philox(1), y);

        double p = DropoutMask.Threshold(probability) / 65536.0, deviation = Math.Sqrt(p * (1 - p));
        Assert.Equal(probability, p, 1.0 / (1 << 17));
        double[] kept = [.. y.Select(value => value == 0 ? 0.0 : 1)];
        Assert.Equal(1 - p, kept.Average(), 5 * deviation / Math.Sqrt(Many));
        foreach (int digit in (int[])[0, 1, 2, 3])
        {
            double average = kept.Where((_, i) => i / 128 % 4 == digit).Average();
            Assert.Equal(1 - p, average, 5 * deviation / Math.Sqrt(Many / 4));
        }

        Assert.Equal(1, y.Average(value => (double)value), 5 * deviation / (1 - p) / Math.Sqrt(Many));
        double neighbours = kept.Skip(1).Zip(kept, (a, b) => (a - (1 - p)) * (b - (1 - p))).Average();
        double digits = kept.Skip(128).Zip(kept, (a, b) => (a - (1 - p)) * (b - (1 - p))).Average();
        Assert.Equal(0, neighbours, 5 * deviation * deviation / Math.Sqrt(Many - 1));
        Assert.Equal(0, digits, 5 * deviation * deviation / Math.Sqrt(Many - 128));
    }

    /// <summary>Two independent masks agree with probability <c>p² + (1 - p)²</c>.</summary>
    [Fact]
    public void The_same_key_gives_the_same_mask_and_any_other_an_unrelated_one()
    {
        int[] mask = Mask(new(5, 6, 7));
        Assert.Equal(mask, Mask(new(5, 6, 7)));
        foreach (Philox other in (Philox[])[new(4, 6, 7), new(5, 7, 7), new(5, 6, 8)])
        {
            double agreeing = mask.Zip(Mask(other), (a, b) => a == b ? 1.0 : 0).Average();
            Assert.Equal(0.5, agreeing, 5 * 0.5 / Math.Sqrt(Many));
        }

        static int[] Mask(Philox random)
        {
            float[] y = Ones(Many);
            DropoutMask.Apply(y, 0.5f, random, y);
            return Array.ConvertAll(y, value => (int)value);
        }
    }

    [Fact]
    public void With_probability_0_the_values_are_copied()
    {
        float[] x = [1, float.NaN, -0f, 3], y = new float[4];
        DropoutMask.Apply(x, 0, new Philox(1), y);
        DropoutMask.Apply(x, 0, new Philox(1), x);
        Assert.Equal(Widths.Bits([1, float.NaN, -0f, 3]), Widths.Bits(x));
        Assert.Equal(Widths.Bits(x), Widths.Bits(y));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        WorkerTeam.Size = 1;
        float[] x = new float[1000];
        DropoutMask.Apply(x, 0.5f, new Philox(1), x);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DropoutMask.Apply(x, 0.5f, new Philox(1), x);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] x = [1, 2, 3], y = new float[3];
        foreach (float probability in (float[])[-0.1f, 1, 2, float.NaN])
        {
            Assert.Throws<ArgumentOutOfRangeException>("probability", () => DropoutMask.Apply(x, probability, new Philox(1), y));
        }

        Assert.Throws<ArgumentException>("y", () => DropoutMask.Apply(x, 0.5f, new Philox(1), y.AsSpan(1)));
        Assert.Throws<ArgumentException>("y", () => DropoutMask.Apply(x.AsSpan(0, 2), 0.5f, new Philox(1), x.AsSpan(1)));
        Assert.Equal([1, 2, 3, 0, 0, 0], [.. x, .. y]);
    }

    private static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
