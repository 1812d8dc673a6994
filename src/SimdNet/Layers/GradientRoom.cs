using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// Where gradients lie on their way back: two buffers that serve the stages of a chain in turn. The chains inside of layers come one after the other
/// and share a room, so that what one has left in the caches the next one overwrites there.
/// </summary>
/// <remarks>
/// With rooms of their own, the blocks of a ResNet-20 wrote 26 MB a step to memory that had left the caches since the step before.
/// </remarks>
internal sealed class GradientRoom
{
    private static readonly AlignedBuffer s_none = new(0);

    private readonly AlignedBuffer[] _buffers = [s_none, s_none, s_none];

    /// <summary>That of the chains inside of layers.</summary>
    public GradientRoom Inner => field ??= new();

    /// <summary>Makes room for <paramref name="length"/> values in each of the two.</summary>
    public void Grow(int length)
    {
        Grow(0, length);
        Grow(1, length);
    }

    /// <summary>Makes room for the gradient of a second chain's inputs, beside the first one's.</summary>
    public void GrowAside(int length) => Grow(2, length);

    /// <summary>The first values of the one or the other.</summary>
    public Span<float> InTurn(int which, int length) => _buffers[which].Span[..length];

    /// <summary>The first values of the third.</summary>
    public Span<float> Aside(int length) => _buffers[2].Span[..length];

    private void Grow(int buffer, int length)
    {
        if (_buffers[buffer].Length < length)
        {
            _buffers[buffer] = new(length);
        }
    }
}
