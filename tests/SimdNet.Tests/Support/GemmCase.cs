using FsCheck;
using FsCheck.Fluent;
using SimdNet.Kernels;

namespace SimdNet.Tests.Support;

/// <summary>All that decides a product. Its numbers come from the seed.</summary>
public sealed record GemmCase(
    int M, int N, int K, Layout A, Layout B, Layout C, float Alpha, float Beta, bool RowBias, bool ColumnBias, bool Leaky, int Seed)
{
    /// <summary>
    /// Whether there is a bias per column. Not beside a bias per row where C is column-major: there the biases are added in the other order,
    /// as the skipped test of two biases shows. When that test passes, this property is <see cref="ColumnBias"/>.
    /// </summary>
    public bool AddsColumnBias => ColumnBias && !(RowBias && C is Layout.ColumnMajor or Layout.PaddedColumns);

    /// <summary><c>C ← A·B</c>, row-major.</summary>
    public static GemmCase Plain(int m, int n, int k) =>
        new(m, n, k, Layout.RowMajor, Layout.RowMajor, Layout.RowMajor, 1, 0, false, false, false, 1);
}

/// <summary>Generates products: the sizes are those at which the kernel does something else than one smaller.</summary>
public static class GemmCases
{
    private static readonly int[] s_small = [0, 1, 2, 3, 5, 6, 7, 12, 13, 17];

    private static readonly int[] s_tile = [1, 4, 5, 6, 7, 8, 11, 12, 13, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65];

    /// <summary>Around one block of rows, of columns, of k, and just after two of them.</summary>
    private static readonly int[] s_block =
        [.. ((int[])[Gemm.Blocking.Mc, Gemm.Blocking.Nc, Gemm.Blocking.Kc]).SelectMany(size => (int[])[size - 1, size, size + 1, (2 * size) + 1])];

    public static Arbitrary<GemmCase> Arbitrary()
    {
        Gen<int> small = Gen.Elements(s_small), tile = Gen.Elements(s_tile), block = Gen.Elements(s_block);
        Gen<(int M, int N, int K)> sizes = Gen.OneOf(
            Sizes(tile, tile, tile), Sizes(small, tile, tile), Sizes(block, small, small), Sizes(small, block, small), Sizes(small, small, block));
        Gen<Layout> layout = Gen.Elements(Layouts.All);
        Gen<float> factor = Gen.Elements(0f, 1f, -1f, 0.3f, -2.5f);
        Gen<bool> coin = Gen.Elements(false, true);
        return Arb.From(
            from size in sizes
            from a in layout
            from b in layout
            from c in layout
            from alpha in factor
            from beta in factor
            from rowBias in coin
            from columnBias in coin
            from leaky in coin
            from seed in Gen.Choose(0, 1 << 20)
            select new GemmCase(size.M, size.N, size.K, a, b, c, alpha, beta, rowBias, columnBias, leaky, seed),
            Shrink);
    }

    /// <summary>Smaller sizes first, then what makes a case plainer.</summary>
    private static IEnumerable<GemmCase> Shrink(GemmCase whole)
    {
        GemmCase[] plainer =
        [
            .. Smaller(whole.M).Select(m => whole with { M = m }),
            .. Smaller(whole.N).Select(n => whole with { N = n }),
            .. Smaller(whole.K).Select(k => whole with { K = k }),
            whole with { A = Layout.RowMajor },
            whole with { B = Layout.RowMajor },
            whole with { C = Layout.RowMajor },
            whole with { Alpha = 1 },
            whole with { Beta = 0 },
            whole with { RowBias = false },
            whole with { ColumnBias = false },
            whole with { Leaky = false },
            whole with { Seed = 0 },
        ];
        return plainer.Where(smaller => smaller != whole);
    }

    private static IEnumerable<int> Smaller(int size) => ((int[])[0, size / 2, size - 1]).Where(smaller => smaller >= 0 && smaller < size).Distinct();

    private static Gen<(int M, int N, int K)> Sizes(Gen<int> m, Gen<int> n, Gen<int> k) =>
        from rows in m
        from columns in n
        from depth in k
        select (rows, columns, depth);
}
