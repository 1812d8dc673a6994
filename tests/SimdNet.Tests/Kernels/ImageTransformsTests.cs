using FsCheck;
using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public partial class ImageTransformsTests
{
    private delegate void Change(Span<float> planes);

    [Property]
    public void A_flip_takes_every_pixel_from_the_other_side(byte height, byte width, bool atEnd)
    {
        (int h, int w) = (1 + (height % 40), 1 + (width % 70));

        CheckMove(h, w, atEnd, planes => ImageTransforms.FlipHorizontal(planes, w), (i, j) => (i, w - 1 - j));
        CheckMove(h, w, atEnd, planes => ImageTransforms.FlipVertical(planes, h, w), (i, j) => (h - 1 - i, j));
    }

    [Fact]
    public void Rows_longer_than_a_chunk_are_swapped_whole() =>
        CheckMove(3, 1000, atEnd: true, planes => ImageTransforms.FlipVertical(planes, 3, 1000), (i, j) => (2 - i, j));

    [Property]
    public void Two_flips_are_none(byte height, byte width)
    {
        (int h, int w) = (1 + (height % 40), 1 + (width % 70));
        float[] before = Draws.Normal(2 * h * w, stream: 1), after = [.. before];
        for (int i = 0; i < 2; i++)
        {
            ImageTransforms.FlipHorizontal(after, w);
            ImageTransforms.FlipVertical(after, h, w);
        }

        Assert.Equal(before, after);
    }

    [Property]
    public void A_move_leaves_zeros_behind(byte height, byte width, sbyte down, sbyte right, bool atEnd)
    {
        (int h, int w) = (1 + (height % 20), 1 + (width % 40));
        (int d, int r) = (down % (h + 2), right % (w + 2));

        CheckMove(h, w, atEnd, planes => ImageTransforms.Move(planes, h, w, d, r), (i, j) => (i - d, j - r));
    }

    [Theory]
    [InlineData(int.MinValue, 0)]
    [InlineData(0, int.MaxValue)]
    public void A_move_beyond_the_image_leaves_nothing(int down, int right)
    {
        float[] planes = Draws.Normal(2 * 5 * 7, stream: 1);
        ImageTransforms.Move(planes, 5, 7, down, right);
        Assert.All(planes, value => Assert.Equal(0, value));
    }

    [Property]
    public void A_rectangle_is_erased_as_far_as_it_lies_inside(sbyte top, sbyte left, byte rows, byte columns, bool atEnd)
    {
        const int Height = 30, Width = 50;
        (int t, int l, int r, int c) = (top % 60, left % 60, rows % 60, columns % 60);
        using GuardedBuffer planes = new(2 * Height * Width, atEnd);
        float[] before = Draws.Normal(planes.Length, stream: 2);
        before.CopyTo(planes.Span);

        ImageTransforms.Erase(planes.Span, Height, Width, t, l, r, c);

        for (int i = 0; i < before.Length; i++)
        {
            (int row, int column) = (i / Width % Height, i % Width);
            bool erased = row >= t && row < t + r && column >= l && column < l + c;
            Assert.Equal(erased ? 0 : before[i], planes.Span[i]);
        }
    }

    [Fact]
    public void A_rectangle_may_end_beyond_all_numbers()
    {
        float[] planes = [1, 2, 3, 4];
        ImageTransforms.Erase(planes, 2, 2, top: 1, left: 0, rows: int.MaxValue, columns: int.MaxValue);
        Assert.Equal([1, 2, 0, 0], planes);
    }

    /// <summary>A difference and a quotient: two roundings.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(200)]
    public void Standardized_values_are_those_of_the_formula(int length)
    {
        float[] before = Draws.Normal(length, stream: 3), after = [.. before];
        ImageTransforms.Standardize(after, 0.1307f, 0.3081f);
        for (int i = 0; i < length; i++)
        {
            double expected = ((double)before[i] - 0.1307f) / 0.3081f, bound = Tolerance.Gamma(2) * Math.Abs(expected);
            Assert.InRange(after[i] - expected, -bound, bound);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(100, 60)] // over the end of a group of draws
    [InlineData(5000, 3)] // over the end of a chunk
    [InlineData(2048, 1L << 40)]
    public void Noise_takes_the_draws_of_its_place(int length, long offset)
    {
        Philox philox = new(7, stream: 3, substream: 2);
        float[] before = Draws.Normal(length, stream: 4), after = [.. before], draws = new float[length];
        philox.FillNormal(draws, deviation: 0.25f, offset: offset);

        ImageTransforms.AddNormal(after, 0.25f, philox, offset);

        Assert.Equal(before.Zip(draws, (value, draw) => value + draw), after);
    }

    [Fact]
    public void Wrong_sizes_are_refused_and_nothing_is_written()
    {
        float[] planes = [1, 2, 3, 4, 5, 6];
        void Refuses(string message, Change change) => Assert.StartsWith(
            message, Assert.ThrowsAny<ArgumentException>(() => change(planes)).Message, StringComparison.Ordinal);

        Refuses("'width' is 0, expected 1 or more.", x => ImageTransforms.FlipHorizontal(x, 0));
        Refuses("'planes' holds 6 values, expected a multiple of 4.", x => ImageTransforms.FlipHorizontal(x, 4));
        Refuses("'height' is -1, expected 1 or more.", x => ImageTransforms.FlipVertical(x, -1, 2));
        Refuses("'planes' holds 6 values, expected a multiple of 4.", x => ImageTransforms.FlipVertical(x, 2, 2));
        Refuses("'planes' holds 6 values, expected a multiple of 4294967296.", x => ImageTransforms.FlipVertical(x, 1 << 16, 1 << 16));
        Refuses("'planes' holds 6 values, expected a multiple of 4.", x => ImageTransforms.Move(x, 2, 2, 1, 1));
        Refuses("'rows' is -1, expected 0 or more.", x => ImageTransforms.Erase(x, 2, 3, 0, 0, -1, 2));
        Refuses("'columns' is -1, expected 0 or more.", x => ImageTransforms.Erase(x, 2, 3, 0, 0, 2, -1));
        Refuses("'deviation' is 0, expected a finite number above 0.", x => ImageTransforms.Standardize(x, 0, 0));
        Refuses("'offset' is -1, expected 0 or more.", x => ImageTransforms.AddNormal(x, 1, new Philox(1), -1));
        Assert.Equal([1, 2, 3, 4, 5, 6], planes);
    }

    private static void CheckMove(int height, int width, bool atEnd, Change change, Func<int, int, (double, double)> source)
    {
        float[] before = Draws.Normal(2 * height * width, stream: 5);
        using GuardedBuffer planes = new(before.Length, atEnd);
        before.CopyTo(planes.Span);

        change(planes.Span);

        double[] expected = ImageTransformsReference.Moved(before, height, width, source);
        Assert.Equal(Array.ConvertAll(expected, value => (float)value), planes.Span.ToArray());
    }
}
