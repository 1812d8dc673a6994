using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Memory;

/// <summary>What a written matrix has beside a read one; bounds are tested there.</summary>
public sealed class MatrixTests
{
    [Fact]
    public void Elements_are_places()
    {
        float[] data = new float[6];
        Matrix matrix = new(data, 2, 3);
        matrix[1, 0] = 7;
        matrix.Transposed[2, 1] = 8;
        Assert.Equal([0, 0, 0, 7, 0, 8], data);
        ReadOnlyMatrix same = matrix.Transposed;
        Assert.Equal((3, 2, 1, 3, 8), (same.Rows, same.Columns, same.RowStride, same.ColumnStride, same[2, 1]));
    }

    /// <summary>Every small matrix: one that shares a place is refused; one whose strides step over each other is not.</summary>
    [Fact]
    public void No_two_elements_share_a_place()
    {
        float[] data = new float[100];
        int refused = 0, allowed = 0;
        for (int i = 0; i < 4 * 4 * 8 * 8; i++)
        {
            int rows = i % 4, columns = i / 4 % 4, rowStride = i / 16 % 8, columnStride = i / 128;
            bool distinct = Enumerable.Range(0, rows * columns).Select(at => (at / columns * rowStride) + (at % columns * columnStride)).Distinct()
                .Count() == rows * columns;
            bool stepsOver = rowStride >= columns * columnStride || columnStride >= rows * rowStride;
            Exception? error = Record.Exception(() => { new Matrix(data, rows, columns, rowStride, columnStride)[0, 0] = 1; });
            Assert.False(error == null && !distinct, $"{rows} × {columns} of strides ({rowStride}, {columnStride}) was not refused");
            Assert.False(error != null && distinct && stepsOver, $"{rows} × {columns} of strides ({rowStride}, {columnStride}) was refused");
            (refused, allowed) = error == null ? (refused, allowed + 1) : (refused + 1, allowed);
        }

        Assert.True(refused > 100 && allowed > 100, $"{refused} refused, {allowed} allowed");
    }

    [Fact]
    public void The_refusal_names_strides_that_would_do()
    {
        float[] data = new float[100];
        ArgumentException error = Assert.Throws<ArgumentException>("data", () => { new Matrix(data, 3, 4, 2, 1)[0, 0] = 1; });
        Assert.Contains(
            "Elements of a 3 × 4 matrix of strides (2, 1) in 'data' share a place: expected a row stride over 3 or a column stride over 4.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("data", () => { new Matrix(data, 2, 2, 0, 0)[0, 0] = 1; });
        Assert.Equal(new float[100], data);
    }

    [Fact]
    public void A_dense_matrix_fills_its_data()
    {
        ArgumentException error = Assert.Throws<ArgumentException>("data", () => { new Matrix(new float[7], 2, 3)[0, 0] = 1; });
        Assert.Contains("'data' holds 7 values, expected 6.", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, new Matrix([], 0, 3).Rows);
    }
}
