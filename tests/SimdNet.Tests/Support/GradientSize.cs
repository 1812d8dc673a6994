using FsCheck;
using FsCheck.Fluent;

namespace SimdNet.Tests.Support;

/// <summary>The sizes of a gradient check; its numbers come from the seed. Vectors have the width alone.</summary>
public sealed record GradientSize(int Samples, int Channels, int Height, int Width, int Seed)
{
    /// <summary>Two samples or more, for batch statistics; and with images of two pixels or more along each axis, for windows.</summary>
    public static Arbitrary<GradientSize> Arbitrary { get; } = Arb.From(
        from samples in Gen.Choose(2, 3)
        from channels in Gen.Choose(1, 3)
        from height in Gen.Choose(2, 4)
        from width in Gen.Choose(2, 4)
        from seed in Gen.Choose(0, 1 << 20)
        select new GradientSize(samples, channels, height, width, seed),
        whole => ((GradientSize[])
        [
            whole with { Samples = Math.Max(2, whole.Samples - 1) },
            whole with { Channels = Math.Max(1, whole.Channels - 1) },
            whole with { Height = Math.Max(2, whole.Height - 1) },
            whole with { Width = Math.Max(2, whole.Width - 1) },
        ]).Where(smaller => smaller != whole));

    /// <summary>Whether it holds for some sizes, or else for which it does not.</summary>
    public static void Check(int sizes, Action<GradientSize> check) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(sizes), Prop.ForAll(Arbitrary, check));
}
