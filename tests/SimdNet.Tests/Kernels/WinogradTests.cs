using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed partial class WinogradTests
{
    private const int Most = 40;

    /// <summary>Where blocks end: of tiles, of channels, of vectors; lines of tiles that fill a block, images that share one.</summary>
    public static TheoryData<ConvolutionCase> Blocks =>
    [
        Square(1, 3, 128, 2) with { Height = 10 }, // 32 tiles in a line
        Square(1, 17, 133, 5) with { Height = 11 }, // 34
        Square(9, 16, 7, 33, padding: 1), // 4 tiles in an image
        Square(32, 5, 4, 25, padding: 1), // one
        Square(33, 5, 4, 25, padding: 1),
        Square(2, 40, 14, 97, padding: 1),
        Square(1, 513, 9, 13, padding: 1), // more channels than a block of tiles has room for
        Square(3, 13, 9, 520, padding: 1),
        Square(5, 70, 12, 30, padding: 2),
        Square(3, 17, 25, 18, padding: 1), // 147, whose sums are two parts
        Square(9, 3, 30, 5, padding: 1), // 576, eight
    ];

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void Every_direction_is_within_four_times_the_bound_of_a_direct_sum_of_a_tiles_largest_pixels(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        WinogradProblem problem = new(@case);
        problem.AssertForward();
        problem.AssertBackwardInput();
        problem.AssertBackwardWeight();
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_direction_is_as_near_where_blocks_end(ConvolutionCase @case) =>
        Every_direction_is_within_four_times_the_bound_of_a_direct_sum_of_a_tiles_largest_pixels(@case);

    /// <summary>What is chosen where nothing is said: of pixels of one magnitude within four times the direct form's own bound, value by value.</summary>
    [Theory]
    [InlineData(16, 16, 20)]
    [InlineData(32, 48, 13)]
    [InlineData(130, 20, 11)]
    public void What_is_chosen_is_within_four_times_the_bound_of_the_direct_form(int channels, int outChannels, int size)
    {
        ConvolutionProblem problem = new(Square(3, channels, size, outChannels, padding: 1) with { Algorithm = ConvolutionAlgorithm.Auto });
        ConvolutionShape shape = problem.Shape;
        Assert.True(Winograd.Takes(in shape));
        float[] y = new float[shape.OutputLength];
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, shape);
        ConvolutionProblem.AssertNear(
            ConvolutionReference.Forward(ConvolutionProblem.Widen(problem.X), ConvolutionProblem.Widen(problem.W), ConvolutionProblem.Widen(problem.Bias), shape),
            Array.ConvertAll(
                ConvolutionReference.Forward(
                    ConvolutionProblem.Magnitudes(problem.X), ConvolutionProblem.Magnitudes(problem.W), ConvolutionProblem.Magnitudes(problem.Bias), shape),
                magnitude => 4 * magnitude),
            y,
            shape.Weight.Length / shape.OutChannels);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(7, true)]
    public void It_is_chosen_where_multiplications_are_saved(int size, bool expected)
    {
        ConvolutionShape shape = (Square(1, 16, size, 16, padding: 1) with { Algorithm = ConvolutionAlgorithm.Auto }).Sizes;
        Assert.Equal(expected, Winograd.Takes(in shape));
        Assert.Equal(expected, Winograd.TakesWeights(in shape));
    }

    /// <summary>Small integers and halves of them: at these points all but the weights' denominators is exact, and an output is near to what it is by hand.</summary>
    [Fact]
    public void A_convolution_done_by_hand()
    {
        ConvolutionShape shape = Square(1, 1, 5, 1).Sizes;
        float[] x = [.. Enumerable.Range(1, 25).Select(i => (float)i)], y = new float[9];
        Convolution.Forward(x, [0, 0, 0, 0, 1, 0, 0, 0, 0], [0.5f], y, shape);
        Assert.All(y.Zip([7.5, 8.5, 9.5, 12.5, 13.5, 14.5, 17.5, 18.5, 19.5]), pair => Assert.Equal(pair.Second, pair.First, ErrorBound.Product(9, 4 * 25)));
    }

    /// <summary>An infinite pixel spoils the tiles that see it and no others.</summary>
    [Fact]
    public void What_is_not_finite_stays_in_the_tiles_that_see_it()
    {
        ConvolutionShape shape = Square(1, 2, 12, 3, padding: 1).Sizes;
        ConvolutionProblem problem = new(Square(1, 2, 12, 3, padding: 1));
        float[] y = new float[shape.OutputLength], spoilt = new float[shape.OutputLength];
        Convolution.Forward(problem.X, problem.W, [], y, shape);
        problem.X[0] = float.PositiveInfinity;
        Convolution.Forward(problem.X, problem.W, [], spoilt, shape);
        for (int i = 0; i < y.Length; i++)
        {
            bool sees = i / 12 % 12 < 4 && i % 12 < 4;
            Assert.Equal(sees, !float.IsFinite(spoilt[i]));
            Assert.True(sees || spoilt[i].Equals(y[i]));
        }
    }

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(3, 3, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(5, 1, 1)]
    [InlineData(1, 1, 1)]
    public void Other_kernels_are_refused(int kernel, int stride, int dilation)
    {
        WindowAxis three = new(3), other = new(kernel, stride, 0, 0, dilation);
        ConvolutionShape shape = new(1, Shape.Image(1, 9, 9), 1, three, other);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => shape with { Algorithm = ConvolutionAlgorithm.Winograd });
        Assert.Equal($"Winograd takes a kernel of 3 × 3, stride 1 or 2 and dilation 1, not of (3) × ({other}).", refusal.Message);
    }

    [Fact]
    public void More_channels_than_fit_are_refused()
    {
        WindowAxis three = new(3);
        ConvolutionShape shape = new(1, Shape.Image(1025, 9, 9), 1, three, three);
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => shape with { Algorithm = ConvolutionAlgorithm.Winograd });
        Assert.StartsWith("'channels of a group' is 1025, expected at most 1024.", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A group's room in the gradient of the weights is half a MiB and more: it is the thread's, whatever the number of groups.</summary>
    [Fact]
    public void The_groups_of_a_thread_share_its_room()
    {
        ConvolutionCase one = Square(1, 1, 4, 1), many = one with { Groups = 64 };
        (ConvolutionProblem small, ConvolutionProblem large) = (new(one), new(many));
        BackwardWeight(small);
        BackwardWeight(large); // the JIT
        long allocated = 0;
        Thread thread = new(() =>
        {
            BackwardWeight(small);
            long start = GC.GetAllocatedBytesForCurrentThread();
            BackwardWeight(large);
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, allocated);

        static void BackwardWeight(ConvolutionProblem problem) =>
            Convolution.BackwardWeight(problem.X, problem.DOutput, problem.W, problem.Shape, maxThreads: 1);
    }

    private static ConvolutionCase Square(int batch, int channels, int size, int outChannels, int padding = 0) =>
        ConvolutionCase.Square(batch, channels, size, outChannels, kernel: 3, padding: padding) with { Algorithm = ConvolutionAlgorithm.Winograd };
}
