using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed partial class GemmTests
{
    private static readonly int[] s_kernelRows = [1, 2, 3, 4, 5, 6, 12];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tiles_have_heights_of_the_kernel_and_cross_no_panel(bool tall)
    {
        for (int rows = 1; rows <= Gemm.Blocking.Mc; rows++)
        {
            int tile;
            for (int row = 0; row < rows; row += tile)
            {
                tile = Gemm.Blocking.TileRows(row, rows - row, tall);
                Assert.Contains(tile, s_kernelRows);
                Assert.True(tile <= rows - row, $"{tile} rows at {row} of {rows}");
                Assert.Equal(row / Gemm.Blocking.PanelRows, (row + tile - 1) / Gemm.Blocking.PanelRows);
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
