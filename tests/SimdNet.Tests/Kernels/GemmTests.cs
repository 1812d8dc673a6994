using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed partial class GemmTests
{
    [Property(Arbitrary = [typeof(GemmCases)], MaxTest = 300)]
    public void Is_within_the_computed_bound_of_the_double_twin(GemmCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        GemmProblem problem = new(@case);
        float[] actual = problem.Multiply().ToArray();
        double[] expected = problem.Reference(), magnitudes = problem.Magnitudes();
        for (int i = 0; i < actual.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]), bound = ErrorBound.Product(@case.K, magnitudes[i]);
            Assert.True(error <= bound, $"value {i} is {actual[i]:R}, expected {expected[i]:R} within {bound:R}");
        }
    }

    [Fact]
    public void The_everyday_form_multiplies_dense_matrices()
    {
        float[] c = [9, 9, 9, 9];
        Gemm.Multiply([1, 2, 3, 4, 5, 6], [1, 0, 0, 1, 1, 1], c, 2, 2, 3);
        Assert.Equal([4, 5, 10, 11], c);
    }

    [Fact]
    public void The_form_without_an_epilogue_has_the_bits_of_the_full_form()
    {
        GemmProblem problem = new(GemmCase.Plain(13, 17, 65));
        TestMatrix c = new TestMatrix(13, 17, Layout.RowMajor).Fill(7), full = new TestMatrix(13, 17, Layout.RowMajor).Fill(7);
        Gemm.Multiply(0.3f, problem.A.View, problem.B.View, -2.5f, c.View);
        Gemm.Multiply(0.3f, problem.A.View, problem.B.View, -2.5f, full.View, default(Epilogue<Identity>));
        c.AssertBits(full.Data, 17, "without an epilogue");
    }

    [Fact]
    public void The_twins_agree_on_a_product_done_by_hand()
    {
        GemmCase @case = GemmCase.Plain(1, 1, 2) with { Alpha = -2.5f, Beta = 0.5f, RowBias = true, ColumnBias = true, Leaky = true };
        GemmProblem problem = new(@case);
        Assert.Equal(problem.Reference()[0], problem.InOrder()[0], ErrorBound.Product(2, problem.Magnitudes()[0]));
        float[] c = [10];
        float ByHand(float alpha) => (float)ReferenceGemm.Multiply(
            alpha, new([2, 3], 1, 2), new([5, 7], 2, 1), 0.5, new(c, 1, 1), [100], [1000], value => value)[0];
        Assert.Equal((2 * 31) + 5 + 1100, ByHand(2));
        Assert.Equal(5 + 1100, ByHand(0));
    }
}
