using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>Moves by parts of a pixel.</content>
public unsafe partial class ImageTransformsTests
{
    [Property(MaxTest = 50)]
    public void A_rotation_follows_the_reference(byte height, byte width, short angle, bool atEnd)
    {
        (int h, int w, double degrees) = (1 + (height % 30), 1 + (width % 40), angle / 90.0);
        CheckResampled(
            h, w, atEnd, (from, to) => ImageTransforms.Rotate(from, h, w, degrees, to),
            (i, j) => ImageTransformsReference.RotationSource(i, j, h, w, degrees));
    }

    [Property(MaxTest = 50)]
    public void A_shift_follows_the_reference(byte height, byte width, sbyte down, sbyte right, bool atEnd)
    {
        (int h, int w) = (1 + (height % 30), 1 + (width % 40));
        (double d, double r) = (h * down / 128.0, w * right / 128.0);
        CheckResampled(h, w, atEnd, (from, to) => ImageTransforms.Shift(from, h, w, d, r, to), (i, j) => (i - d, j - r));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(28, 28)]
    [InlineData(17, 33)]
    public void No_rotation_is_the_image_itself_and_half_a_turn_both_flips(int height, int width)
    {
        float[] image = Draws.Normal(2 * height * width, stream: 1), flipped = [.. image];
        ImageTransforms.FlipHorizontal(flipped, width);
        ImageTransforms.FlipVertical(flipped, height, width);

        foreach (double degrees in (double[])[0, 360, -720])
        {
            Assert.Equal(image, Rotated(image, height, width, degrees));
            Assert.Equal(flipped, Rotated(image, height, width, degrees + 180));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(28)]
    [InlineData(35)]
    public void A_quarter_turn_moves_whole_pixels(int side)
    {
        float[] image = Draws.Normal(2 * side * side, stream: 2);
        float[] turned = Rotated(image, side, side, 90);
        for (int i = 0; i < image.Length; i++)
        {
            (int plane, int row, int column) = (i / (side * side) * side * side, i / side % side, i % side);
            Assert.Equal(image[plane + (column * side) + side - 1 - row], turned[i]); // the right column becomes the top row
        }

        Assert.Equal(image, Rotated(turned, side, side, -90));
    }

    [Fact]
    public void A_shift_by_whole_pixels_is_a_move()
    {
        const int Height = 9, Width = 37;
        float[] image = Draws.Normal(2 * Height * Width, stream: 3), shifted = new float[image.Length];
        foreach ((int down, int right) in new[] { (0, 0), (2, -3), (-1, 30), (Height, 0) })
        {
            float[] moved = [.. image];
            ImageTransforms.Move(moved, Height, Width, down, right);
            ImageTransforms.Shift(image, Height, Width, down, right, shifted);
            Assert.Equal(moved, shifted);
        }
    }

    [Fact]
    public void Half_a_pixel_is_the_mean_of_two()
    {
        float[] shifted = new float[4];
        ImageTransforms.Shift([1, 3, 5, 9], 1, 4, down: 0, right: 0.5, shifted);
        Assert.Equal([0.5f, 2, 4, 7], shifted);
    }

    [Theory]
    [InlineData(28, 28, 15)]
    [InlineData(3, 7, -100)]
    [InlineData(5, 50, 45)]
    public void A_resampled_image_has_the_same_bits_at_every_width(int height, int width, double degrees)
    {
        float[] image = Draws.Normal(2 * height * width, stream: 4), result = new float[image.Length];
        (double sine, double cosine) = Angle.SineCosine(degrees);
        fixed (float* from = image, to = result)
        {
            ImageTransforms.ResampleKernel kernel = new(from, 2, height, width, new(cosine, sine, 0.25, -0.75), to);
            Widths.Same(kernel, () => result.AsSpan().Fill(float.NaN), () => [.. result]);
        }
    }

    [Fact]
    public void What_cannot_be_resampled_is_refused_and_nothing_is_written()
    {
        float[] image = [1, 2, 3, 4], result = new float[4];
        void Refuses(string message, Action call) => Assert.StartsWith(
            message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);

        Refuses("'degrees' is NaN, expected -3600 to 3600.", () => ImageTransforms.Rotate(image, 2, 2, double.NaN, result));
        Refuses("'degrees' is 3601, expected -3600 to 3600.", () => ImageTransforms.Rotate(image, 2, 2, 3601, result));
        Refuses("'down' is 2.5, expected -2 to 2.", () => ImageTransforms.Shift(image, 2, 2, 2.5, 0, result));
        Refuses("'right' is -2.5, expected -2 to 2.", () => ImageTransforms.Shift(image, 2, 2, 0, -2.5, result));
        Refuses("'planes' holds 4 values, expected a multiple of 3.", () => ImageTransforms.Rotate(image, 1, 3, 0, result));
        Refuses("'width' is 32769, expected at most 32768.", () => ImageTransforms.Rotate(new float[32769], 1, 32769, 0, result));
        Refuses("'destination' holds 3 values, expected 4.", () => ImageTransforms.Rotate(image, 2, 2, 0, result.AsSpan(1)));
        Refuses("'destination' starts 0 values after 'planes'", () => ImageTransforms.Rotate(image, 2, 2, 0, image));
        Assert.Equal([1, 2, 3, 4], image);
        Assert.All(result, value => Assert.Equal(0, value));
    }

    private delegate void Resample(ReadOnlySpan<float> from, Span<float> to);

    /// <summary>
    /// A coordinate is off by at most 2⁻²¹ · side, and the interpolation climbs by at most twice the largest value per pixel, in each of two
    /// directions; each of the three steps of an interpolation rounds a difference of two values and a sum.
    /// </summary>
    private static void CheckResampled(int height, int width, bool atEnd, Resample resample, Func<int, int, (double, double)> source)
    {
        using GuardedBuffer from = new(2 * height * width, atEnd), to = new(2 * height * width, atEnd);
        Draws.Normal(from.Length, stream: 5).CopyTo(from.Span);

        resample(from.Span, to.Span);

        double largest = from.Span.ToArray().Max(Math.Abs), steepest = 2 * largest;
        double bound = (2 * steepest * Math.Max(height, width) * 8 * Tolerance.Unit) + (Tolerance.Gamma(6) * 2 * largest);
        double[] expected = ImageTransformsReference.Moved(from.Span, height, width, source);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(to.Span[i] - expected[i], -bound, bound);
        }
    }

    private static float[] Rotated(float[] image, int height, int width, double degrees)
    {
        float[] rotated = new float[image.Length];
        ImageTransforms.Rotate(image, height, width, degrees, rotated);
        return rotated;
    }
}
