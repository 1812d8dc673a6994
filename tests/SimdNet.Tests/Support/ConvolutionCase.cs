using FsCheck;
using FsCheck.Fluent;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Tests.Support;

/// <summary>All that decides a convolution. Its numbers come from the seed.</summary>
public sealed record ConvolutionCase(
    int Batch, int Groups, int Channels, int OutChannels, int Height, int Width, WindowAxis Vertical, WindowAxis Horizontal, bool Bias, int Seed)
{
    /// <summary>Bits and direct bounds are those of the direct sum, unless another is asked for.</summary>
    public ConvolutionAlgorithm Algorithm { get; init; } = ConvolutionAlgorithm.Direct;

    /// <summary>Channels are those of a group.</summary>
    public ConvolutionShape Sizes =>
        new(Batch, new Shape(Groups * Channels, Height, Width), Groups * OutChannels, Vertical, Horizontal, Groups) { Algorithm = Algorithm };

    /// <summary>A square kernel on a square image.</summary>
    public static ConvolutionCase Square(int batch, int channels, int size, int outChannels, int kernel, int stride = 1, int padding = 0) => new(
        batch, 1, channels, outChannels, size, size, WindowAxis.Of(kernel, stride, padding), WindowAxis.Of(kernel, stride, padding), true, 1);

    public bool IsPossible =>
        Vertical.Extent <= (long)Height + Vertical.PadBefore + Vertical.PadAfter
        && Horizontal.Extent <= (long)Width + Horizontal.PadBefore + Horizontal.PadAfter;
}

/// <summary>Generates convolutions that the seven loops can follow.</summary>
public static class ConvolutionCases
{
    private static readonly int[] s_sizes = [1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 18, 25, 33];

    public static Arbitrary<ConvolutionCase> Arbitrary()
    {
        Gen<WindowAxis> axis =
            from kernel in Gen.Frequency((3, Gen.Constant(1)), (2, Gen.Constant(2)), (5, Gen.Constant(3)), (1, Gen.Choose(4, 7)))
            from stride in Gen.Frequency((4, Gen.Constant(1)), (3, Gen.Constant(2)), (1, Gen.Choose(3, 4)))
            from before in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 4)))
            from after in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 4)))
            from dilation in Gen.Frequency((4, Gen.Constant(1)), (2, Gen.Choose(2, 4)))
            select new WindowAxis(kernel, stride, before, after, dilation);
        Gen<int> size = Gen.Elements(s_sizes), channels = Gen.Elements(1, 1, 2, 3, 7, 9, 13), groups = Gen.Elements(1, 1, 1, 2, 3, 5);
        Gen<ConvolutionCase> any =
            from batch in Gen.Choose(1, 4)
            from g in groups
            from c in channels
            from o in channels
            from height in size
            from width in size
            from vertical in axis
            from horizontal in axis
            from bias in Gen.Elements(false, true)
            from seed in Gen.Choose(0, 1 << 20)
            select new ConvolutionCase(batch, g, c, o, height, width, vertical, horizontal, bias, seed);
        return Arb.From(any.Where(@case => @case.IsPossible), Shrink);
    }

    private static IEnumerable<ConvolutionCase> Shrink(ConvolutionCase whole)
    {
        ConvolutionCase[] plainer =
        [
            .. Smaller(whole.Batch).Select(batch => whole with { Batch = batch }),
            .. Smaller(whole.Groups).Select(groups => whole with { Groups = groups }),
            .. Smaller(whole.Channels).Select(channels => whole with { Channels = channels }),
            .. Smaller(whole.OutChannels).Select(channels => whole with { OutChannels = channels }),
            .. Smaller(whole.Height).Select(height => whole with { Height = height }),
            .. Smaller(whole.Width).Select(width => whole with { Width = width }),
            .. Plainer(whole.Vertical).Select(axis => whole with { Vertical = axis }),
            .. Plainer(whole.Horizontal).Select(axis => whole with { Horizontal = axis }),
            whole with { Bias = false },
            whole with { Seed = 0 },
        ];
        return plainer.Where(smaller => smaller != whole && smaller.IsPossible);
    }

    private static IEnumerable<WindowAxis> Plainer(WindowAxis axis) =>
    [
        .. Smaller(axis.Kernel).Select(kernel => axis with { Kernel = kernel }),
        axis with { Stride = 1 },
        axis with { PadBefore = 0 },
        axis with { PadAfter = 0 },
        axis with { Dilation = 1 },
    ];

    private static IEnumerable<int> Smaller(int size) => ((int[])[1, size / 2, size - 1]).Where(smaller => smaller > 0 && smaller < size).Distinct();
}
