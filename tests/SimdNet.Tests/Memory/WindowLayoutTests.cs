using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Memory;

public class WindowLayoutTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 17)]
    [InlineData(16, 33)]
    public void Windows_are_aligned_and_apart(int first, int second)
    {
        WindowLayout layout = new();
        Window a = layout.Add("a", new Shape(first)), b = layout.Add("b", new Shape(second, 3));

        AlignedBuffer buffer = new(layout.Length);
        a.Of(buffer.Span).Fill(1);
        b.Of(buffer.Span).Fill(2);

        Assert.Equal(0, a.Offset);
        Assert.Equal(AlignedBuffer.Align(first), b.Offset);
        Assert.Equal(0, layout.Length % AlignedBuffer.Alignment);
        Assert.Equal(first + (2 * 3 * second), buffer.Span.ToArray().Sum());
        Assert.Equal(1, a.Of(buffer.Span)[^1]);
        Assert.Equal(2, b.Of((ReadOnlySpan<float>)buffer.Span)[0]);
    }

    [Fact]
    public void What_no_array_can_hold_is_refused_and_leaves_the_layout_as_it_was()
    {
        WindowLayout layout = new();
        layout.Add("a", new Shape(int.MaxValue / 2));
        int before = layout.Length;

        Assert.Throws<ArgumentOutOfRangeException>("b", () => layout.Add("b", new Shape(1 << 30)));
        Assert.Equal(before, layout.Length);
    }
}
