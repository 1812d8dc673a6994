using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>What is refused: by numbers, and before anything is written.</summary>
public sealed partial class GemmTests
{
    private delegate void Call(Span<float> memory);

    [Theory]
    [InlineData(2, 3, 4, 5, 2, 5)]
    [InlineData(2, 3, 3, 5, 4, 5)]
    [InlineData(2, 3, 3, 5, 2, 4)]
    [InlineData(0, 3, 3, 5, 2, 5)]
    [InlineData(2, 0, 1, 5, 2, 5)]
    public void Sizes_that_do_not_fit_are_refused(int aRows, int aColumns, int bRows, int bColumns, int cRows, int cColumns)
    {
        string message = $"A [{aRows}, {aColumns}] times B [{bRows}, {bColumns}] does not give C [{cRows}, {cColumns}]";
        TestMatrix a = Constant(aRows, aColumns, 1), b = Constant(bRows, bColumns, 1);
        PackedMatrix packed = new(b.View);
        Refused<ArgumentException>(message, c => Gemm.Multiply(1, a.View, b.View, 0, new(c, cRows, cColumns, cColumns)));
        Refused<ArgumentException>(message, c =>
            Gemm.Multiply(1, a.View, packed, 0, new(c, cRows, cColumns, cColumns), default(Epilogue<Identity>)));
    }

    [Theory]
    [InlineData(-1, 5, 3, "'m' is -1")]
    [InlineData(2, -1, 3, "'n' is -1")]
    [InlineData(2, 5, -1, "'k' is -1")]
    public void Negative_sizes_are_refused(int m, int n, int k, string message) =>
        Refused<ArgumentOutOfRangeException>(message, c => Gemm.Multiply(new float[6], new float[15], c[..10], m, n, k));

    [Theory]
    [InlineData(5, 15, 10, "'a' holds 5 values, expected 6 of a 2 × 3 matrix")]
    [InlineData(7, 15, 10, "'a' holds 7 values, expected 6")]
    [InlineData(6, 14, 10, "'b' holds 14 values, expected 15")]
    [InlineData(6, 16, 10, "'b' holds 16 values, expected 15")]
    [InlineData(6, 15, 9, "'c' holds 9 values, expected 10")]
    [InlineData(6, 15, 11, "'c' holds 11 values, expected 10")]
    public void Lengths_that_do_not_fit_are_refused(int aLength, int bLength, int cLength, string message) =>
        Refused<ArgumentException>(message, c => Gemm.Multiply(new float[aLength], new float[bLength], c[..cLength], 2, 5, 3));

    /// <summary>65536² is 0 in 32 bits.</summary>
    [Theory]
    [InlineData(65536, 65536, 1)]
    [InlineData(65536, 1, 65536)]
    [InlineData(1, 65536, 65536)]
    public void Sizes_whose_product_overflows_are_refused(int m, int n, int k) =>
        Refused<ArgumentException>("holds 0 values, expected ", c => Gemm.Multiply([], [], c[..0], m, n, k));

    [Fact]
    public void Negative_thread_counts_are_refused()
    {
        TestMatrix a = Constant(2, 3, 1), b = Constant(3, 5, 1);
        PackedMatrix packed = new(b.View);
        Refused<ArgumentOutOfRangeException>("'maxThreads' is -1", c => Gemm.Multiply(1, a.View, b.View, 0, new(c, 2, 5, 5), maxThreads: -1));
        Refused<ArgumentOutOfRangeException>("'maxThreads' is -1", c =>
            Gemm.Multiply(1, a.View, packed, 0, new(c, 2, 5, 5), default(Epilogue<Identity>), maxThreads: -1));
    }

    [Fact]
    public void Biases_of_other_lengths_are_refused()
    {
        TestMatrix a = Constant(2, 3, 1), b = Constant(3, 5, 1);
        PackedMatrix packed = new(b.View);
        Refused<ArgumentException>("'RowBias' holds 5 values, expected 2", c =>
            Gemm.Multiply(1, a.View, b.View, 0, new(c, 2, 5, 5), new Epilogue<Identity>(default) { RowBias = new float[5] }));
        Refused<ArgumentException>("'ColumnBias' holds 2 values, expected 5", c =>
            Gemm.Multiply(1, a.View, packed, 0, new(c, 2, 5, 5), new Epilogue<Identity>(default) { ColumnBias = new float[2] }));
    }

    /// <summary>C lies at 10 to 20, and each operand in turn over its start, its end, or the whole of it.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(8)]
    [InlineData(19)]
    public void C_over_an_operand_is_refused(int start)
    {
        TestMatrix a = Constant(2, 3, 1), b = Constant(3, 5, 1);
        PackedMatrix packed = new(b.View);
        string Message(string name) => $"'c' starts {10 - start} values after '{name}' and overlaps it";
        Refused<ArgumentException>(Message("a"), all => Gemm.Multiply(1, new(all.Slice(start, 6), 2, 3), b.View, 0, new(all[10..20], 2, 5)));
        Refused<ArgumentException>(Message("b"), all => Gemm.Multiply(1, a.View, new(all.Slice(start, 15), 3, 5), 0, new(all[10..20], 2, 5)));
        Refused<ArgumentException>(Message("a"), all =>
            Gemm.Multiply(1, new(all.Slice(start, 6), 2, 3), packed, 0, new(all[10..20], 2, 5), default(Epilogue<Identity>)));
        Refused<ArgumentException>(Message("ColumnBias"), all => Gemm.Multiply(
            1, a.View, b.View, 0, new(all[10..20], 2, 5), new Epilogue<Identity>(default) { ColumnBias = all.Slice(start, 5) }));
        int near = Math.Max(start, 9); // a row bias has 2 values
        Refused<ArgumentException>($"'c' starts {10 - near} values after 'RowBias'", all => Gemm.Multiply(
            1, a.View, packed, 0, new(all[10..20], 2, 5), new Epilogue<Identity>(default) { RowBias = all.Slice(near, 2) }));
    }

    /// <summary>An operand of no values is never read, and a stride of 0 has no columns to tell apart: refused like any other overlap.</summary>
    [Fact]
    public void C_over_an_empty_operand_of_stride_0_is_refused() =>
        Refused<ArgumentException>("overlaps it", all => Gemm.Multiply(1, new(all, 1, 0, 0), new([], 0, 5), 0, new(all, 1, 5, 0)));

    /// <summary>A, B and C are windows of one matrix of 4 rows and 16 columns: A at columns 0 to 3, B from 5 on.</summary>
    [Theory]
    [InlineData(0, "a", 1)]
    [InlineData(3, "a", 1)]
    [InlineData(5, "b", 1)]
    [InlineData(4, "b", 5)]
    [InlineData(9, "b", 5)]
    [InlineData(12, "a", 5)] // the last column is the first of the next row
    public void Windows_that_share_a_column_are_refused(int start, string name, int columns) =>
        Refused<ArgumentException>($"after '{name}' and overlaps it", all => Gemm.Multiply(
            1, new(all, 3, 4, 16), new(all[5..], 4, columns, 16), 0, new(all[start..], 3, columns, 16)));

    [Theory]
    [InlineData(0, 4, 9)]
    [InlineData(10, 0, 5)]
    [InlineData(5, 10, 0)]
    [InlineData(11, 5, 0)]
    public void Windows_of_one_matrix_that_share_no_column_are_multiplied_in_place(int a, int b, int c)
    {
        const int M = 4, N = 5, K = 4, Stride = 16;
        TestMatrix whole = new TestMatrix(4, Stride, Layout.RowMajor).Fill(1), before = new TestMatrix(4, Stride, Layout.RowMajor).Fill(1);
        float[] product = new float[M * N];
        Gemm.Multiply(1, new(before.Data[a..], M, K, Stride), new(before.Data[b..], K, N, Stride), 0, new(product, M, N));

        Gemm.Multiply(1, new(whole.Data[a..], M, K, Stride), new(whole.Data[b..], K, N, Stride), 0, new(whole.Data[c..], M, N, Stride));

        before.Fill((i, j) => j >= c && j < c + N ? product[(i * N) + j - c] : TestMatrix.Value(1, i, j));
        whole.AssertBits(before.Data, Stride, "in place");
    }

    /// <summary>The call throws, says this, and leaves its memory as it was.</summary>
    private static void Refused<TException>(string message, Call call)
        where TException : ArgumentException
    {
        TestMatrix memory = new TestMatrix(1, 100, Layout.RowMajor).Fill(3), before = new TestMatrix(1, 100, Layout.RowMajor).Fill(3);
        TException error = Assert.Throws<TException>(() => call(memory.Data));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        memory.AssertBits(before.Data, 100, message);
    }
}
