using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed partial class ConvolutionTests
{
    private const int Most = 80;

    /// <summary>Sizes at which a block ends: of k, of rows, of columns; panels over several images; one pixel.</summary>
    public static TheoryData<ConvolutionCase> Blocks => new()
    {
        ConvolutionCase.Square(1, 120, 6, 7, kernel: 3, padding: 1), // k = 1080
        ConvolutionCase.Square(3, 2, 7, 100, kernel: 3, padding: 1), // 100 rows, 147 columns
        ConvolutionCase.Square(2, 2, 34, 97, kernel: 3), // 2048 columns and 97 rows
        ConvolutionCase.Square(9, 5, 7, 70, kernel: 1),
        ConvolutionCase.Square(70, 3, 1, 5, kernel: 1),
        ConvolutionCase.Square(1, 3, 60, 2, kernel: 5, padding: 2), // columns that are folded in blocks of lines
        ConvolutionCase.Square(2, 9, 19, 10, kernel: 3, stride: 2, padding: 1),
        ConvolutionCase.Square(2, 3, 37, 8, kernel: 7, stride: 2, padding: 3),
        ConvolutionCase.Square(2, 40, 27, 5, kernel: 3, stride: 2, padding: 1), // columns of half of the channels
        ConvolutionCase.Square(1, 40, 33, 7, kernel: 1, stride: 2),
        ConvolutionCase.Square(2, 1, 20, 2, kernel: 3, stride: 2, padding: 1) with { Groups = 3, Width = 600 }, // planes in tiles
        ConvolutionCase.Square(1, 1, 250, 1, kernel: 3, padding: 1) with { Groups = 2, Width = 290 },
        ConvolutionCase.Square(3, 4, 9, 6, kernel: 2, stride: 3), // pixels that no output takes in
        ConvolutionCase.Square(2, 1, 5, 1, kernel: 1, stride: 7),
        ConvolutionCase.Square(1, 1, 3, 1, kernel: 3, padding: 5), // outputs that take in nothing
    };

    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void Forward_is_within_the_computed_bound_of_the_double_twin(ConvolutionCase @case) => Forward(@case);

    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void The_gradient_of_the_input_is_within_the_computed_bound_of_the_double_twin(ConvolutionCase @case) => BackwardInput(@case);

    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void The_gradient_of_the_weights_is_within_the_computed_bound_of_the_double_twin(ConvolutionCase @case) => BackwardWeight(@case);

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_direction_is_right_where_blocks_end(ConvolutionCase @case)
    {
        Forward(@case);
        BackwardInput(@case);
        BackwardWeight(@case);
    }

    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void The_gradient_of_the_bias_is_the_sum_over_images_and_pixels(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case);
        float[] dBias = new float[problem.Shape.OutChannels];
        Convolution.BackwardBias(problem.DOutput, dBias, problem.Shape);
        ConvolutionProblem.AssertNear(
            ConvolutionReference.BackwardBias(ConvolutionProblem.Widen(problem.DOutput), problem.Shape),
            ConvolutionReference.BackwardBias(ConvolutionProblem.Magnitudes(problem.DOutput), problem.Shape),
            dBias,
            problem.Shape.OutputLength / problem.Shape.OutChannels);
    }

    /// <summary>⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ = ⟨w, dW(x, y)⟩, each side as exact as its kernel's bound.</summary>
    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void The_three_directions_are_adjoint(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case with { Bias = false });
        ConvolutionShape shape = problem.Shape;
        float[] y = new float[shape.OutputLength], dInput = new float[shape.InputLength], dWeight = new float[shape.Weight.Length];
        Convolution.Forward(problem.X, problem.W, [], y, shape);
        Convolution.BackwardInput(problem.DOutput, problem.W, dInput, shape);
        Convolution.BackwardWeight(problem.X, problem.DOutput, dWeight, shape);

        double magnitude = 0;
        ConvolutionReference.Terms(shape, (i, k, o) => magnitude += Math.Abs((double)problem.X[i] * problem.W[k] * problem.DOutput[o]));
        int terms = Math.Max(Math.Max(shape.Weight.Length, shape.InputLength), shape.OutputLength);
        double bound = 2 * ErrorBound.Product(terms, magnitude), forward = Dot(y, problem.DOutput);
        Assert.InRange(Dot(problem.X, dInput) - forward, -bound, bound);
        Assert.InRange(Dot(problem.W, dWeight) - forward, -bound, bound);
    }

    [Fact]
    public void A_convolution_done_by_hand()
    {
        ConvolutionShape shape = ConvolutionCase.Square(1, 1, 3, 1, kernel: 2).Sizes;
        float[] y = new float[4], dInput = new float[9], dWeight = new float[4];
        Convolution.Forward([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 10, 100, 1000], [0.5f], y, shape);
        Assert.Equal([5421.5f, 6532.5f, 8754.5f, 9865.5f], y);
        Convolution.BackwardInput([1, 2, 3, 4], [1, 10, 100, 1000], dInput, shape);
        Assert.Equal([1, 12, 20, 103, 1234, 2040, 300, 3400, 4000], dInput);
        Convolution.BackwardWeight([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 10, 100, 1000], dWeight, shape);
        Assert.Equal([5421, 6532, 8754, 9865], dWeight);
        Assert.Equal(2 * 4 * 4, shape.Flops);
    }

    [Fact]
    public void Of_no_images_there_is_nothing_and_no_gradient()
    {
        ConvolutionShape shape = ConvolutionCase.Square(0, 2, 5, 3, kernel: 3).Sizes;
        float[] w = new float[shape.Weight.Length], dWeight = [.. w.Select(_ => 7f)], dBias = [7, 7, 7];
        Convolution.Forward([], w, [1, 2, 3], [], shape);
        Convolution.BackwardInput([], w, [], shape);
        Convolution.BackwardWeight([], [], dWeight, shape);
        Convolution.BackwardBias([], dBias, shape);
        Assert.All([.. dWeight, .. dBias], value => Assert.Equal(0, value));
    }

    private static void Forward(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(@case);
        float[] y = new float[problem.Shape.OutputLength];
        Array.Fill(y, float.NaN);
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, problem.Shape);
        problem.AssertForward(y);
    }

    private static void BackwardInput(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(@case);
        float[] dInput = new float[problem.Shape.InputLength];
        Array.Fill(dInput, float.NaN);
        Convolution.BackwardInput(problem.DOutput, problem.W, dInput, problem.Shape);
        problem.AssertBackwardInput(dInput);
    }

    private static void BackwardWeight(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(@case);
        float[] dWeight = new float[problem.Shape.Weight.Length];
        Array.Fill(dWeight, float.NaN);
        Convolution.BackwardWeight(problem.X, problem.DOutput, dWeight, problem.Shape);
        problem.AssertBackwardWeight(dWeight);
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
