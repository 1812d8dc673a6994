using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// The weights of convolutions to come, taken to the points of <see cref="Winograd"/> once. Results have the bits of the convolution without packing.
/// </summary>
internal sealed unsafe class PackedWinograd
{
    /// <summary>They are four times as many as the weights: worth it as long as they stay in the second-level cache, 1 MiB.</summary>
    private const int MostLength = 1 << 18;

    /// <summary>
    /// The most tiles of a call whose channels take the lanes: of four tiles, 64 channels to 64, 47 µs → 26. A ResNet's prediction of one image, all
    /// packed, 459 µs → 342.
    /// </summary>
    private const int MostTilesAcross = 12;

    private readonly ConvolutionShape _shape;
    private readonly AlignedBuffer _points;

    private PackedWinograd(in ConvolutionShape shape) => (_shape, _points, IsAcross) = (
        shape, new(shape.Groups * GroupLength(in shape)), shape.Vertical.Stride == 1 && Winograd.Grid(in shape).Count <= MostTilesAcross);

    /// <summary>For each group [36, outChannels, channels], or [36, channels, outChannels].</summary>
    public float* Points => _points.Pointer;

    /// <summary>Whether the channels that are made lie beside each other: where tiles are so few that they would leave most lanes idle.</summary>
    public bool IsAcross { get; }

    /// <summary>
    /// Room for the weights of such convolutions; null where they are better not packed. Also not where one image has few tiles, and the most images of a
    /// call more than a block of them.
    /// </summary>
    /// <param name="shape">The sizes, for the most images of a call.</param>
    public static PackedWinograd? Of(in ConvolutionShape shape)
    {
        if (!(Winograd.Takes(in shape) || Winograd.TakesStrideTwo(in shape)) || (long)shape.Groups * GroupLength(in shape) > MostLength)
        {
            return null;
        }

        TileGrid grid = Winograd.Grid(in shape);
        return grid.Count <= Winograd.MostTiles || (grid with { Images = 1 }).Count > Winograd.MostTiles ? new(in shape) : null;
    }

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
                if (IsAcross)
                {
                    AcrossKernel kernel = new(weights, points);
                    SimdWidth.Invoke(ref kernel);
                }
                else if (_shape.Vertical.Stride == 1)
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

    private readonly struct AcrossKernel(Winograd.Weights weights, float* points) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => weights.ToPointsAcross<TSimd>(points);
    }

    private static int GroupLength(in ConvolutionShape shape) => Winograd.WeightLength(in shape);
}
