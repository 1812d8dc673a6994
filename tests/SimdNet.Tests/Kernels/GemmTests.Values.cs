using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>Zeros, NaN and infinities. Sizes fill one tile, leave a tail on each side, and span two blocks of k.</summary>
public sealed partial class GemmTests
{
    public static TheoryData<int, int, int> SpecialSizes { get; } = new() { { 1, 1, 1 }, { 7, 17, 5 }, { 13, 65, 3 }, { 3, 33, Gemm.Blocking.Kc + 2 } };

    [Theory]
    [MemberData(nameof(SpecialSizes))]
    public void Where_beta_is_0_C_is_not_read(int m, int n, int k)
    {
        foreach (Layout layout in Layouts.All)
        {
            GemmCase @case = GemmCase.Plain(m, n, k) with { C = layout };
            Assert.DoesNotContain(new GemmProblem(@case).Multiply().ToArray(), float.IsNaN);
            Assert.DoesNotContain(new GemmProblem(@case with { Alpha = 2 }).Multiply().ToArray(), float.IsNaN);
        }
    }

    [Theory]
    [MemberData(nameof(SpecialSizes))]
    public void Where_alpha_is_0_A_and_B_are_not_read(int m, int n, int k)
    {
        TestMatrix a = Constant(m, k, float.NaN), b = Constant(k, n, float.NaN), c = Constant(m, n, 3);
        Gemm.Multiply(0, a.View, b.View, 2, c.View);
        Assert.All(c.ToArray(), value => Assert.Equal(6, value));
        Gemm.Multiply(0, a.View, new PackedMatrix(b.View), 2, c.View, default(Epilogue<Identity>));
        Assert.All(c.ToArray(), value => Assert.Equal(12, value));
        Gemm.Multiply(0, a.View, b.View, 0, c.View);
        Assert.All(c.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Where_k_is_0_the_sum_is_0_and_the_epilogue_remains()
    {
        float[] c = [1, 2, 3, 4];
        Gemm.Multiply(7, new([], 2, 0), new ReadOnlyMatrix([], 0, 2), 10, new(c, 2, 2), new Epilogue<Leaky>(new(0.25f)) { RowBias = [1, -100] });
        Assert.Equal([11, 21, -17.5f, -15], c);
        Gemm.Multiply([], [], c, 2, 2, 0);
        Assert.Equal([0, 0, 0, 0], c);
    }

    [Fact]
    public void Where_there_is_no_row_or_no_column_nothing_is_written()
    {
        float[] c = [1, 2, 3];
        Gemm.Multiply(1, new([], 0, 2), new([1, 2, 3, 4, 5, 6], 2, 3), 0, new(c, 0, 3, 3));
        Gemm.Multiply(1, new([1, 2, 3, 4, 5, 6], 3, 2), new([], 2, 0), 0, new(c, 3, 0, 1));
        Gemm.Multiply([], [], [], 0, 0, 0);
        Assert.Equal([1, 2, 3], c);
    }

    /// <summary>A product below the smallest number rounds to a zero of its own sign: the first sum is not added to +0 twice.</summary>
    [Theory]
    [MemberData(nameof(SpecialSizes))]
    public void Negative_zero_has_its_sign(int m, int n, int k)
    {
        TestMatrix a = Constant(m, k, -1e-30f), b = Constant(k, n, 1e-30f);
        ZeroKernel tiny = new(GemmCase.Plain(m, n, k), a, b, -0f), minus = new(GemmCase.Plain(m, n, k) with { Alpha = -1 }, Constant(m, k, 0), b, -0f);
        ZeroKernel plus = new(GemmCase.Plain(m, n, k), Constant(m, k, -0f), b, 0f);
        Widths.Each(ref tiny);
        Widths.Each(ref minus);
        Widths.Each(ref plus);
    }

    /// <summary>Also where 0 meets it: a zero of B hides no NaN of A.</summary>
    [Theory]
    [MemberData(nameof(SpecialSizes))]
    public void NaN_fills_its_row_or_its_column_and_no_other(int m, int n, int k)
    {
        for (int at = 0; at < k; at = (2 * at) + 1)
        {
            int i = at % m, j = (3 * at) % n;
            TestMatrix c = Constant(m, n, 0), zeros = Constant(k, n, 0), ones = Constant(m, k, 1);
            Gemm.Multiply(1, Constant(m, k, 1, (i, at, float.NaN)).View, zeros.View, 0, c.View);
            AssertNaN(c, (row, _) => row == i);
            Gemm.Multiply(1, ones.View, Constant(k, n, 0, (at, j, float.NaN)).View, 0, c.View);
            AssertNaN(c, (_, column) => column == j);
            Gemm.Multiply(1, Constant(m, k, 1, (i, at, float.PositiveInfinity)).View, zeros.View, 0, c.View);
            AssertNaN(c, (row, _) => row == i); // ∞·0
        }

        TestMatrix read = Constant(m, n, 1, (m - 1, n - 1, float.NaN));
        Gemm.Multiply(1, Constant(m, k, 1).View, Constant(k, n, 1).View, 0.5f, read.View);
        AssertNaN(read, (row, column) => row == m - 1 && column == n - 1);
    }

    [Theory]
    [MemberData(nameof(SpecialSizes))]
    public void Infinity_has_its_sign_and_less_infinity_is_NaN(int m, int n, int k)
    {
        TestMatrix c = Constant(m, n, 0), ones = Constant(k, n, 1);
        Gemm.Multiply(-1, Constant(m, k, 1, (m - 1, 0, float.PositiveInfinity)).View, ones.View, 0, c.View);
        Assert.All(c.ToArray()[((m - 1) * n)..], value => Assert.Equal(float.NegativeInfinity, value));
        Assert.All(c.ToArray()[..((m - 1) * n)], value => Assert.Equal(-k, value));
        Gemm.Multiply(1, Constant(m, k, 1, (m - 1, k - 1, float.PositiveInfinity)).View, ones.View, 1, c.View);
        AssertNaN(c, (row, _) => row == m - 1);
        Gemm.Multiply(1, Constant(m, k, 1e30f).View, Constant(k, n, 1e30f).View, 0, c.View);
        Assert.All(c.ToArray(), value => Assert.Equal(float.PositiveInfinity, value));
    }

    /// <summary>A window inside a larger matrix: what lies around it keeps its bits, at every width.</summary>
    [Theory]
    [InlineData(7, 17)]
    [InlineData(13, 64)]
    [InlineData(24, 33)]
    public void Nothing_around_a_window_is_written(int m, int n)
    {
        const int Around = 3;
        int height = m + (2 * Around), width = n + (2 * Around);
        GemmProblem problem = new(GemmCase.Plain(m, n, 5));
        float[] product = problem.InOrder();
        TestMatrix expected = new TestMatrix(height, width, Layout.RowMajor).Fill(9);
        for (int i = 0; i < m; i++)
        {
            product.AsSpan(i * n, n).CopyTo(expected.Data[(((i + Around) * width) + Around)..]);
        }

        WindowKernel kernel = new(problem, expected, (Around * width) + Around);
        Widths.Each(ref kernel);
    }

    private static TestMatrix Constant(int rows, int columns, float value) => new TestMatrix(rows, columns, Layout.RowMajor).Fill((_, _) => value);

    private static TestMatrix Constant(int rows, int columns, float value, (int Row, int Column, float Value) other) =>
        new TestMatrix(rows, columns, Layout.RowMajor).Fill((i, j) => i == other.Row && j == other.Column ? other.Value : value);

    private static void AssertNaN(TestMatrix c, Func<int, int, bool> expected)
    {
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                Assert.Equal((i, j, expected(i, j)), (i, j, float.IsNaN(c.View[i, j])));
            }
        }
    }

    private readonly struct ZeroKernel(GemmCase @case, TestMatrix a, TestMatrix b, float expected) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            foreach (Layout layout in Layouts.All)
            {
                TestMatrix c = new(a.Rows, b.Columns, layout);
                GemmProblem.MultiplyAt<TSimd>(@case, a.View, b.View, c.View, [], []);
                c.AssertBits(Constant(a.Rows, b.Columns, expected).Data, b.Columns, (typeof(TSimd).Name, @case));
            }
        }
    }

    private readonly struct WindowKernel(GemmProblem problem, TestMatrix expected, int start) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            TestMatrix whole = new TestMatrix(expected.Rows, expected.Columns, Layout.RowMajor).Fill(9);
            int m = problem.A.Rows, n = problem.B.Columns;
            GemmProblem.MultiplyAt<TSimd>(
                GemmCase.Plain(m, n, 5), problem.A.View, problem.B.View, new(whole.Data[start..], m, n, whole.Columns), [], []);
            whole.AssertBits(expected.Data, whole.Columns, typeof(TSimd).Name);
        }
    }
}
