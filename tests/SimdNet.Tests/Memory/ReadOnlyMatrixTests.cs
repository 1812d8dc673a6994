using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Memory;

public sealed class ReadOnlyMatrixTests
{
    private static readonly float[] s_data = [0, 1, 2, 3, 4, 5];

    [Fact]
    public void Elements_lie_at_their_strides()
    {
        ReadOnlyMatrix dense = new(s_data, 2, 3), columns = new(s_data, 2, 3, 1, 2), window = new(s_data.AsSpan(1), 2, 2, 3);
        Assert.Equal([0, 1, 2, 3, 4, 5], Elements(dense));
        Assert.Equal([0, 2, 4, 1, 3, 5], Elements(columns));
        Assert.Equal([1, 2, 4, 5], Elements(window));
        Assert.Equal([1, 1, 1, 1], Elements(new(s_data.AsSpan(1, 1), 2, 2, 0, 0)));
    }

    [Fact]
    public void A_transpose_swaps_sizes_and_strides_and_moves_nothing()
    {
        ReadOnlyMatrix transposed = new ReadOnlyMatrix(s_data, 2, 3).Transposed;
        Assert.Equal((3, 2, 1, 3), (transposed.Rows, transposed.Columns, transposed.RowStride, transposed.ColumnStride));
        Assert.Equal([0, 3, 1, 4, 2, 5], Elements(transposed));
        Assert.True(transposed.Data == s_data);
    }

    [Fact]
    public void The_last_element_may_be_the_last_value_and_no_further()
    {
        Assert.Equal(5, new ReadOnlyMatrix(s_data, 2, 2, 4, 1)[1, 1]);
        Refused("A 2 × 2 matrix of strides (5, 1) reaches over 7 values, but 'data' holds 6.", () => new ReadOnlyMatrix(s_data, 2, 2, 5, 1));
        Refused("A 2 × 2 matrix of strides (1, 5) reaches over 7 values", () => new ReadOnlyMatrix(s_data, 2, 2, 1, 5));
        Refused("'data' holds 6 values, expected 4.", () => new ReadOnlyMatrix(s_data, 2, 2));
        Refused("reaches over 9 values, but 'data' holds 6.", () => new ReadOnlyMatrix(s_data, 3, 3));
    }

    [Fact]
    public void No_extent_overflows()
    {
        Refused("reaches over", () => new ReadOnlyMatrix(s_data, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue));
        Refused("reaches over 4294967296 values", () => new ReadOnlyMatrix(s_data, 65536, 65536));
    }

    [Theory]
    [InlineData(-1, 2, 2, 1, "rows")]
    [InlineData(2, -1, 2, 1, "columns")]
    [InlineData(2, 2, -2, 1, "rowStride")]
    [InlineData(2, 2, 2, -1, "columnStride")]
    public void Negative_numbers_are_refused(int rows, int columns, int rowStride, int columnStride, string name)
    {
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new ReadOnlyMatrix(s_data, rows, columns, rowStride, columnStride));
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new Matrix(new float[6], rows, columns, rowStride, columnStride));
    }

    [Fact]
    public void A_matrix_without_elements_needs_no_values()
    {
        Assert.Equal(0, new ReadOnlyMatrix([], 0, 5).Rows);
        Assert.Equal(5, new ReadOnlyMatrix([], 5, 0, 100, 100).Rows);
    }

    private static float[] Elements(ReadOnlyMatrix matrix)
    {
        float[] elements = new float[matrix.Rows * matrix.Columns];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = matrix[i / matrix.Columns, i % matrix.Columns];
        }

        return elements;
    }

    private static void Refused(string message, Make make)
    {
        ArgumentException error = Assert.Throws<ArgumentException>("data", () => { make(); });
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private delegate ReadOnlyMatrix Make();
}
