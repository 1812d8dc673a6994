namespace SimdNet.Memory;

/// <summary>A named part of a flat buffer.</summary>
/// <param name="Name">Its name, such as <c>0.weight</c>.</param>
/// <param name="Shape">The shape of what lies in it.</param>
/// <param name="Offset">Values before it: a multiple of <see cref="AlignedBuffer.Alignment"/>.</param>
/// <param name="Role">What it does in its layer.</param>
public sealed record Window(string Name, Shape Shape, int Offset, ParameterRole Role = ParameterRole.Weight)
{
    /// <summary>The number of values.</summary>
    public int Length => Shape.Length;

    internal Span<float> Of(Span<float> buffer) => buffer.Slice(Offset, Length);

    internal ReadOnlySpan<float> Of(ReadOnlySpan<float> buffer) => buffer.Slice(Offset, Length);

    internal ReadOnlySpan<double> Of(ReadOnlySpan<double> buffer) => buffer.Slice(Offset, Length);
}

/// <summary>
/// Lays windows one after the other, each on a 64-byte boundary:
/// <code>
/// | 0.weight         pad | 0.bias pad | 2.weight     pad | ...
/// 0                      16·i         16·j                     Length
/// </code>
/// Nobody writes the padding: it stays 0, and so passes over the whole buffer find nothing in it.
/// </summary>
internal sealed class WindowLayout
{
    /// <summary>The values of all windows and their padding.</summary>
    public int Length { get; private set; }

    /// <summary>The next window.</summary>
    /// <exception cref="ArgumentException">The buffer would be longer than an array can be.</exception>
    public Window Add(string name, Shape shape, ParameterRole role = ParameterRole.Weight)
    {
        Guard.AtMost((long)Length + shape.Length, AlignedBuffer.MaxLength, name);
        Window window = new(name, shape, Length, role);
        Length += AlignedBuffer.Align(shape.Length);
        return window;
    }
}
