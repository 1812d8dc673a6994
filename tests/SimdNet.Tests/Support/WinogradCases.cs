using FsCheck;
using FsCheck.Fluent;
using SimdNet.Kernels;

namespace SimdNet.Tests.Support;

/// <summary>Generates convolutions of 3 × 3 windows, with any padding: those that have a form with a quarter of the multiplications.</summary>
public static class WinogradCases
{
    public static Arbitrary<ConvolutionCase> Arbitrary()
    {
        Gen<int> size = Gen.Choose(1, 40), channels = Gen.Elements(1, 2, 3, 7, 16, 17, 25), padding = Gen.Elements(0, 0, 1, 1, 1, 2, 3, 4, 9, 20);
        Gen<ConvolutionCase> any =
            from batch in Gen.Choose(1, 5)
            from groups in Gen.Elements(1, 1, 1, 2, 3)
            from c in channels
            from o in channels
            from height in Gen.Choose(1, 16) // four lines of tiles, and ten to a line: more than a block
            from width in size
            from top in padding
            from left in padding
            from bottom in padding
            from right in padding
            from bias in Gen.Elements(false, true)
            from seed in Gen.Choose(0, 1 << 20)
            select new ConvolutionCase(batch, groups, c, o, height, width, new(3, 1, top, bottom), new(3, 1, left, right), bias, seed)
            {
                Algorithm = ConvolutionAlgorithm.Winograd,
            };
        return Arb.From(any.Where(@case => @case.IsPossible), Shrink);
    }

    private static IEnumerable<ConvolutionCase> Shrink(ConvolutionCase whole)
    {
        WindowAxis plain = new(3);
        ConvolutionCase[] plainer =
        [
            whole with { Batch = 1 },
            whole with { Groups = 1 },
            whole with { Channels = 1 },
            whole with { OutChannels = 1 },
            whole with { Height = (whole.Height + 1) / 2 },
            whole with { Width = (whole.Width + 1) / 2 },
            whole with { Height = Math.Max(1, whole.Height - 1) },
            whole with { Width = Math.Max(1, whole.Width - 1) },
            whole with { Vertical = plain },
            whole with { Horizontal = plain },
            whole with { Bias = false },
        ];
        return plainer.Where(smaller => smaller != whole && smaller.IsPossible);
    }
}
