using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Memory;

public class ShapeTests
{
    [Fact]
    public void A_shape_has_its_dimensions_and_their_product()
    {
        Shape image = Shape.Image(channels: 3, height: 28, width: 27);

        Assert.Equal(3, image.Rank);
        Assert.Equal(3 * 28 * 27, image.Length);
        Assert.Equal((3, 28, 27), (image[0], image[1], image[2]));
        Assert.Equal([3, 28, 27], image.ToArray());
        Assert.Equal("3 × 28 × 27", image.ToString());
        Assert.Equal("784", Shape.Vector(784).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => image[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[-1]);
    }

    [Fact]
    public void Shapes_are_equal_by_their_dimensions()
    {
        Assert.True(Shape.Image(1, 2, 3) == new Shape(1, 2, 3));
        Assert.Equal(Shape.Image(1, 2, 3).GetHashCode(), new Shape(1, 2, 3).GetHashCode());
        Assert.True(new Shape(6) != new Shape(2, 3));
        Assert.True(new Shape(6) != new Shape(6, 1));
        Assert.False(new Shape(6).Equals("6"));
        Assert.NotEqual(default, new Shape(1));
    }

    [Theory]
    [InlineData(new int[0], "'Rank' is 0, expected 1 to 4.")]
    [InlineData(new[] { 1, 1, 1, 1, 1 }, "'Rank' is 5, expected 1 to 4.")]
    [InlineData(new[] { 3, 0 }, "'dimensions' is 0, expected 1 or more.")]
    [InlineData(new[] { -3, -3 }, "'dimensions' is -3, expected 1 or more.")]
    [InlineData(new[] { 65536, 32768 }, "The product of 'dimensions' [65536, 32768] is beyond 2147483647.")]
    [InlineData(new[] { 65536, 65536, 65536, 65536 }, "The product of 'dimensions' [65536, 65536, 65536, 65536] is beyond 2147483647.")]
    public void A_shape_that_cannot_be_is_refused(int[] dimensions, string message) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => new Shape(dimensions)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_largest_shape_is_no_overflow() => Assert.Equal(int.MaxValue, new Shape(int.MaxValue, 1).Length);
}
