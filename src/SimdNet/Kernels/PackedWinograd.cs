using SimdNet.Memory;

namespace SimdNet.Kernels;

/// <summary>
/// The weights of convolutions to come, taken to the points of <see cref="Winograd"/> once. Results have the bits of the convolution without packing.
/// </summary>
internal sealed unsafe class PackedWinograd
{
    /// <summary>They are four times as many as the weights: worth it as long as they stay in the second-level cache, 1 MiB.</summary>
    private const int MostLength = 1 << 18;

    private readonly ConvolutionShape _shape;
    private readonly AlignedBuffer _points;

    private PackedWinograd(in ConvolutionShape shape) => (_shape, _points) = (shape, new(shape.Groups * GroupLength(in shape)));

    /// <summary>For each group [36, outChannels, channels].</summary>
    public float* Points => _points.Pointer;

    /// <summary>
    /// Room for the weights of such convolutions; null where they are better not packed. Also not where one image has few tiles, whose weights are taken to
    /// the points where they are needed: a ResNet's prediction of one took a third longer with all packed.
    /// </summary>
    /// <param name="shape">The sizes, for any batch.</param>
    public static PackedWinograd? Of(in ConvolutionShape shape) =>
        (Winograd.Takes(in shape) || Winograd.TakesStrideTwo(in shape)) && (Winograd.Grid(in shape) with { Images = 1 }).Count > Winograd.MostTiles
        && (long)shape.Groups * GroupLength(in shape) <= MostLength
            ? new(in shape)
            : null;

    /// <summary>Packs them; allocates nothing.</summary>
    /// <param name="w">[outChannels, channels/groups, 3, 3].</param>
    public void Pack(ReadOnlySpan<float> w)
    {
        Guard.Length(w.Length, _shape.Weight.Length, nameof(w));
        fixed (float* weight = w)
        {
            for (int group = 0; group < _shape.Groups; group++)
            {
                float* first = weight + ((nint)group * (w.Length / _shape.Groups));
                float* points = Points + ((nint)group * GroupLength(in _shape));
                Winograd.Weights weights = new(first, _shape.GroupOutChannels, _shape.GroupChannels, turned: false);
                if (_shape.Vertical.Stride == 1)
                {
                    weights.ToPoints<Winograd.StrideOne>(points, maxThreads: 0);
                }
                else
                {
                    weights.ToPoints<Winograd.StrideTwo>(points, maxThreads: 0);
                }
            }
        }
    }

    private static int GroupLength(in ConvolutionShape shape) => Winograd.WeightLength(in shape);
}
