using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public unsafe class ChannelSumsTests
{
    /// <summary>Of each image 32 lanes and a tree, as its length decides; then image after image.</summary>
    [Property(MaxTest = 100)]
    public void Channel_sums_are_near_the_twin_and_have_the_same_bits_at_every_width(byte images, byte maps, byte values, bool atEnd)
    {
        int batch = images % 4, channels = maps % 9, area = values % 140;
        using GuardedBuffer x = new(batch * channels * area, atEnd), sums = new(channels, atEnd);
        Draws.Normal(x.Length, stream: 1).CopyTo(x.Span);
        double[] expected = new double[channels], magnitudes = new double[channels];
        for (int i = 0; i < x.Length; i++)
        {
            expected[i / area % channels] += x.Span[i];
            magnitudes[i / area % channels] += Math.Abs(x.Span[i]);
        }

        Reductions.ChannelSumsRange kernel = new(x.Pointer, batch, channels, area, sums.Pointer, start: 0, end: channels);
        float[] actual = Widths.Same(kernel, () => sums.Span.Fill(float.NaN), () => sums.Span.ToArray());
        double roundings = Tolerance.Gamma((area / 32) + 6 + batch);
        for (int channel = 0; channel < channels; channel++)
        {
            Assert.InRange(actual[channel] - expected[channel], -roundings * magnitudes[channel], roundings * magnitudes[channel]);
        }

        sums.Span.Fill(float.NaN);
        Reductions.ChannelSums(x.Span, batch, channels, area, sums.Span);
        Assert.Equal(Widths.Bits(actual), Widths.Bits(sums.Span));
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] x = new float[24], sums = [7, 7, 7];
        Assert.Throws<ArgumentOutOfRangeException>("batch", () => Reductions.ChannelSums(x, -2, 3, 4, sums));
        Assert.Throws<ArgumentOutOfRangeException>("channels", () => Reductions.ChannelSums(x, 2, -3, 4, sums));
        Assert.Throws<ArgumentOutOfRangeException>("area", () => Reductions.ChannelSums(x, 2, 3, -4, sums));
        Assert.Throws<ArgumentException>("x", () => Reductions.ChannelSums(x, 2, 3, 5, sums));
        Assert.Throws<ArgumentException>("destination", () => Reductions.ChannelSums(x, 2, 4, 3, sums));
        Assert.Throws<ArgumentException>("destination", () => Reductions.ChannelSums(x, 2, 3, 4, x.AsSpan(0, 3)));
        Assert.Throws<ArgumentOutOfRangeException>("maxThreads", () => Reductions.ChannelSums(x, 2, 3, 4, sums, -1));
        Assert.Equal([7, 7, 7], sums);
    }
}
