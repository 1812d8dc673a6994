using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>The numerics contract: the bits of an element depend on its row of A, its column of B and what is done with the sum.</summary>
public sealed partial class GemmTests
{
    [Property(Arbitrary = [typeof(GemmCases)], MaxTest = 300)]
    public void Has_the_bits_of_the_contract_at_every_width(GemmCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        AtEveryWidth(@case);
    }

    [Property(Arbitrary = [typeof(GemmCases)], MaxTest = 200)]
    public void Has_the_bits_of_the_contract_at_the_door_and_packed(GemmCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        GemmProblem problem = new(@case);
        float[] expected = problem.InOrder();
        problem.Multiply().AssertBits(expected, @case.N, @case);
        problem.MultiplyPacked().AssertBits(expected, @case.N, @case);
    }

    /// <summary>More than a block in every direction at once, in layouts that take every path of packing.</summary>
    [Theory]
    [InlineData(Layout.RowMajor, Layout.RowMajor, Layout.RowMajor)]
    [InlineData(Layout.Spread, Layout.ColumnMajor, Layout.ColumnMajor)]
    public void Has_the_bits_of_the_contract_in_every_block(Layout a, Layout b, Layout c) =>
        AtEveryWidth(GemmCase.Plain(Gemm.Blocking.Mc + 1, Gemm.Blocking.Nc + 1, Gemm.Blocking.Kc + 1) with { A = a, B = b, C = c });

    /// <summary>A small batch by transposed weights is done as weights by a transposed batch: in one block of k, in several, added to C.</summary>
    [Theory]
    [InlineData(16, 200, 150, 0f)]
    [InlineData(32, 260, Gemm.Blocking.Kc + 1, 0f)]
    [InlineData(47, 500, (2 * Gemm.Blocking.Kc) + 3, 1f)]
    [InlineData(29, 300, 300, 0.3f)]
    public void Has_the_bits_of_the_contract_where_B_would_be_stood_up(int m, int n, int k, float beta)
    {
        GemmCase @case = GemmCase.Plain(m, n, k) with { B = Layout.ColumnMajor, Beta = beta, RowBias = true, ColumnBias = true, Leaky = true };
        GemmProblem problem = new(@case);
        problem.Multiply().AssertBits(problem.InOrder(), n, @case);
    }

    [Fact]
    public void Two_biases_are_added_in_one_order()
    {
        TestMatrix a = Constant(13, 5, 1), b = Constant(5, 17, 0.1f), c = new(13, 17, Layout.RowMajor), other = new(13, 17, Layout.ColumnMajor);
        TestMatrix rows = new TestMatrix(13, 1, Layout.RowMajor).Fill(1), columns = new TestMatrix(1, 17, Layout.RowMajor).Fill(2);
        Gemm.Multiply(1, a.View, b.View, 0, c.View, new Epilogue<Identity>(default) { RowBias = rows.Data, ColumnBias = columns.Data });
        Gemm.Multiply(1, a.View, b.View, 0, other.View, new Epilogue<Identity>(default) { RowBias = rows.Data, ColumnBias = columns.Data });
        other.AssertBits(c.Data, 17, "two biases");
    }

    /// <summary>The same logical operands, however they and C lie in memory: all 216 ways.</summary>
    [Theory]
    [InlineData(7, 17, 5)]
    [InlineData(25, 33, 13)]
    public void No_layout_changes_a_bit(int m, int n, int k)
    {
        GemmCase @case = GemmCase.Plain(m, n, k) with { Beta = 0.3f, RowBias = true, ColumnBias = true, Leaky = true };
        float[] expected = new GemmProblem(@case).Multiply().ToArray();
        foreach (Layout a in Layouts.All)
        {
            foreach (Layout b in Layouts.All)
            {
                foreach (Layout c in Layouts.All)
                {
                    GemmCase other = @case with { A = a, B = b, C = c };
                    new GemmProblem(other).Multiply().AssertBits(expected, n, other);
                }
            }
        }
    }

    [Theory]
    [InlineData(13, 65, 17)]
    [InlineData(30, 70, Gemm.Blocking.Kc + 1)]
    public void A_row_alone_and_a_column_alone_have_the_bits_of_the_whole(int m, int n, int k)
    {
        GemmProblem problem = new(GemmCase.Plain(m, n, k));
        float[] whole = problem.Multiply().ToArray();
        ReadOnlySpan<float> a = problem.A.Data, b = problem.B.Data;
        PackedMatrix packed = new(problem.B.View);
        for (int i = 0; i < m; i++)
        {
            TestMatrix row = new(1, n, Layout.RowMajor), byPacked = new(1, n, Layout.RowMajor);
            Gemm.Multiply(a.Slice(i * k, k), b, row.Data, 1, n, k);
            Gemm.Multiply(1, new ReadOnlyMatrix(a.Slice(i * k, k), 1, k), packed, 0, byPacked.View, default(Epilogue<Identity>));
            row.AssertBits(whole.AsSpan(i * n, n), n, $"row {i}");
            byPacked.AssertBits(whole.AsSpan(i * n, n), n, $"row {i} packed");
        }

        for (int j = 0; j < n; j++)
        {
            TestMatrix column = new(m, 1, Layout.RowMajor);
            Gemm.Multiply(1, problem.A.View, new ReadOnlyMatrix(b[j..], k, 1, n), 0, column.View);
            column.AssertBits(whole.AsSpan(j), n, $"column {j}");
        }
    }

    /// <summary>A stride of 0 repeats a row or a column.</summary>
    [Fact]
    public void A_repeated_row_or_column_has_the_bits_of_a_written_out_one()
    {
        const int M = 13, N = 33, K = 7;
        float[] row = new TestMatrix(1, K, Layout.RowMajor).Fill(1).ToArray(), column = new TestMatrix(1, K, Layout.RowMajor).Fill(2).ToArray();
        float[] a = [.. Enumerable.Repeat(row, M).SelectMany(values => values)], b = [.. column.SelectMany(value => Enumerable.Repeat(value, N))];
        TestMatrix expected = new(M, N, Layout.RowMajor), actual = new(M, N, Layout.RowMajor);
        Gemm.Multiply(a, b, expected.Data, M, N, K);
        Gemm.Multiply(1, new(row, M, K, 0), new(column, K, N, 1, 0), 0, actual.View);
        actual.AssertBits(expected.Data, N, "stride 0");
    }

    private static void AtEveryWidth(GemmCase @case)
    {
        GemmProblem problem = new(@case);
        BitsKernel kernel = new(problem, problem.InOrder(), @case);
        Widths.Each(ref kernel);
    }

    private readonly struct BitsKernel(GemmProblem problem, float[] expected, GemmCase @case) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> =>
            problem.MultiplyAt<TSimd>().AssertBits(expected, @case.N, $"{typeof(TSimd).Name}, {@case}");
    }
}
