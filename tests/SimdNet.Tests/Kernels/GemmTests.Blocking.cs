using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed partial class GemmTests
{
    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 6)]
    public void Tiles_are_as_tall_as_they_may_be_and_none_is_much_lower_than_the_one_before(bool tall, int most)
    {
        for (int rows = 1; rows <= Gemm.Blocking.Mc; rows++)
        {
            int tile, before = most;
            for (int left = rows; left > 0; left -= tile)
            {
                tile = Gemm.Blocking.RowsOfTile(left, tall);
                Assert.InRange(tile, 1, Math.Min(left, most));
                Assert.True(rows <= most || tile >= most / 2, $"{tile} rows when {left} of {rows} are left");
                Assert.True(tile <= before, $"{tile} rows after {before}");
                before = tile;
            }
        }
    }

    [Fact]
    public void Panels_waste_less_than_a_vector_and_are_the_same_in_blocks_as_in_a_packed_matrix()
    {
        PanelsKernel kernel = default;
        Widths.Each(ref kernel);
    }

    private readonly struct PanelsKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Assert.Equal(0, Gemm.Blocking.Nc % Gemm.Blocking.MaxWidth);
            for (int columns = 1; columns <= (2 * Gemm.Blocking.Nc) + 1; columns++)
            {
                int width;
                for (int column = 0; column < columns; column += width)
                {
                    int blockEnd = Math.Min((column / Gemm.Blocking.Nc * Gemm.Blocking.Nc) + Gemm.Blocking.Nc, columns);
                    width = Gemm.Blocking.PanelWidth<TSimd>(columns - column);
                    Assert.Equal(width, Gemm.Blocking.PanelWidth<TSimd>(blockEnd - column));
                    Assert.InRange(width, TSimd.Count, Gemm.Blocking.MaxWidth);
                    Assert.InRange(column + width, 1, columns + TSimd.Count - 1);
                }
            }
        }
    }
}
