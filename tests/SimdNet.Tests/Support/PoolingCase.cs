using FsCheck;
using FsCheck.Fluent;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Tests.Support;

/// <summary>All that decides a pooling. Its numbers come from the seed: few different ones, so that the largest is often not alone.</summary>
public sealed record PoolingCase(int Batch, int Channels, int Height, int Width, WindowAxis Vertical, WindowAxis Horizontal, int Seed)
{
    public PoolingShape Sizes => new(Batch, new Shape(Channels, Height, Width), Vertical, Horizontal);

    public bool IsPossible =>
        Vertical.Kernel <= Height + Vertical.PadBefore + Vertical.PadAfter && Horizontal.Kernel <= Width + Horizontal.PadBefore + Horizontal.PadAfter;

    public float[] Values(int length, int operand) =>
        [.. Enumerable.Range(0, length).Select(i => MathF.Round(4 * TestMatrix.Value((Seed * 2) + operand, 0, i)) / 4)];
}

/// <summary>Generates poolings; half of them halve the image.</summary>
public static class PoolingCases
{
    public static Arbitrary<PoolingCase> Arbitrary()
    {
        Gen<WindowAxis> any =
            from kernel in Gen.Choose(1, 5)
            from stride in Gen.Choose(1, 4)
            from before in Gen.Choose(0, kernel / 2)
            from after in Gen.Choose(0, kernel / 2)
            select new WindowAxis(kernel, stride, before, after);
        Gen<WindowAxis> halving =
            from before in Gen.Choose(0, 1)
            from after in Gen.Choose(0, 1)
            select new WindowAxis(2, 2, before, after);
        Gen<(WindowAxis, WindowAxis)> windows = Gen.OneOf(Gen.Two(any).Select(two => (two.Item1, two.Item2)), Gen.Two(halving).Select(two => (two.Item1, two.Item2)));
        Gen<int> size = Gen.Elements(1, 2, 3, 5, 7, 15, 16, 17, 26, 31, 32, 33, 34, 65, 70);
        Gen<PoolingCase> cases =
            from batch in Gen.Choose(1, 2)
            from channels in Gen.Choose(1, 3)
            from height in size
            from width in size
            from window in windows
            from seed in Gen.Choose(0, 1 << 20)
            select new PoolingCase(batch, channels, height, width, window.Item1, window.Item2, seed);
        return Arb.From(cases.Where(@case => @case.IsPossible), Shrink);
    }

    private static IEnumerable<PoolingCase> Shrink(PoolingCase whole)
    {
        PoolingCase[] plainer =
        [
            whole with { Batch = 1 }, whole with { Channels = 1 }, whole with { Height = (whole.Height + 1) / 2 }, whole with { Height = whole.Height - 1 },
            whole with { Width = (whole.Width + 1) / 2 }, whole with { Width = whole.Width - 1 },
            whole with { Vertical = new(1) }, whole with { Horizontal = new(1) },
        ];
        return plainer.Where(smaller => smaller != whole && smaller.Height > 0 && smaller.Width > 0 && smaller.IsPossible);
    }
}
