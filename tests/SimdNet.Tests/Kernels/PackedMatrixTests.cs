using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>That packed products have the bits of unpacked ones is tested where those are.</summary>
public sealed class PackedMatrixTests
{
    [Fact]
    public void Is_zero_at_first_and_has_its_sizes()
    {
        PackedMatrix packed = new(3, 17);
        float[] c = [.. Enumerable.Repeat(9f, 17)];
        Gemm.Multiply(1, new([1, 1, 1], 1, 3), packed, 0, new(c, 1, 17), default(Epilogue<Identity>));
        Assert.Equal((3, 17), (packed.Rows, packed.Columns));
        Assert.Equal(new float[17], c);
    }

    /// <summary>Guarded, because transposing reads four by four; every size of a panel and a tail, and two blocks of k.</summary>
    [Fact]
    public void Packs_every_layout_and_reads_nothing_outside()
    {
        foreach (int k in (int[])[0, 1, 3, 4, 5, 17, Gemm.Blocking.Kc + 1])
        {
            for (int n = 0; n <= 70; n += k > 100 ? 7 : 1)
            {
                foreach (Layout layout in Layouts.All)
                {
                    foreach (bool atEnd in (bool[])[true, false])
                    {
                        using GuardedBuffer buffer = new(layout.Extent(k, n), atEnd);
                        PackedMatrix packed = new(new TestMatrix(k, n, layout, buffer, atEnd).Fill(1).View);
                        AssertRows(packed, k, n, layout);
                    }
                }
            }
        }
    }

    [Fact]
    public void Packs_again_in_the_same_place()
    {
        TestMatrix first = new TestMatrix(9, 33, Layout.ColumnMajor).Fill(2), second = new TestMatrix(9, 33, Layout.RowMajor).Fill(1);
        PackedMatrix packed = new(first.View);
        packed.Pack(second.View);
        AssertRows(packed, 9, 33, "again");
    }

    [Fact]
    public void Refuses_other_sizes_and_negative_ones()
    {
        PackedMatrix packed = new(new TestMatrix(2, 3, Layout.RowMajor).Fill(1).View);
        TestMatrix tall = new(3, 3, Layout.RowMajor), wide = new(2, 4, Layout.RowMajor);
        Assert.Contains("3 values, expected 2", Assert.Throws<ArgumentException>("rows", () => packed.Pack(tall.View)).Message, StringComparison.Ordinal);
        Assert.Contains("4 values, expected 3", Assert.Throws<ArgumentException>("columns", () => packed.Pack(wide.View)).Message, StringComparison.Ordinal);
        AssertRows(packed, 2, 3, "refused");
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => new PackedMatrix(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => new PackedMatrix(3, -1));
        Assert.Throws<OverflowException>(() => new PackedMatrix(65536, 65536));
    }

    /// <summary>Each row of B, picked by a row of the unit matrix: exact, and nothing else is in the sums.</summary>
    private static void AssertRows(PackedMatrix packed, int k, int n, object what)
    {
        for (int row = k > 100 ? k - 2 : 0; row < k; row++)
        {
            TestMatrix unit = new TestMatrix(1, k, Layout.RowMajor).Fill((_, j) => j == row ? 1 : 0), c = new(1, n, Layout.RowMajor);
            Gemm.Multiply(1, unit.View, packed, 0, c.View, default(Epilogue<Identity>));
            c.AssertBits(new TestMatrix(1, n, Layout.RowMajor).Fill((_, j) => TestMatrix.Value(1, row, j)).Data, n, (what, k, row));
        }
    }
}
