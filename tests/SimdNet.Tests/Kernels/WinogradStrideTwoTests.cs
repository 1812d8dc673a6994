using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed class WinogradStrideTwoTests
{
    private const int Most = 40;

    /// <summary>Where blocks end: of tiles, of channels, of vectors; images that share one.</summary>
    public static TheoryData<ConvolutionCase> Blocks =>
    [
        Square(1, 3, 131, 2) with { Height = 10 }, // 33 tiles in a line
        Square(9, 16, 7, 33, padding: 1), // 4 tiles in an image
        Square(33, 5, 4, 25, padding: 1), // one
        Square(2, 40, 28, 97, padding: 1), // more output channels than a block of them
        Square(1, 513, 9, 13, padding: 1), // more channels than a block of tiles has room for
        Square(3, 13, 18, 520, padding: 1),
        Square(5, 70, 23, 30, padding: 2),
        Square(4, 17, 60, 18, padding: 1), // 900 tiles: each of several threads takes the weights to the points itself
    ];

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void Outputs_are_within_four_times_the_bound_of_a_direct_sum_of_a_tiles_largest_pixels(ConvolutionCase @case) =>
        new WinogradProblem(Strided(@case)).AssertForward();

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Outputs_are_as_near_where_blocks_end(ConvolutionCase @case) => new WinogradProblem(@case).AssertForward();

    /// <summary>Sums and differences of integers have no error, and no inverse of anything is needed.</summary>
    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void Of_small_integers_it_is_exact(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(Strided(@case));
        foreach (float[] values in (float[][])[problem.X, problem.W, problem.Bias])
        {
            foreach (ref float value in values.AsSpan())
            {
                value = MathF.Round(4 * value);
            }
        }

        float[] y = Forward(problem);
        Assert.Equal(
            ConvolutionReference.Forward(
                ConvolutionProblem.Widen(problem.X), ConvolutionProblem.Widen(problem.W), ConvolutionProblem.Widen(problem.Bias), problem.Shape),
            Array.ConvertAll(y, value => (double)value));
    }

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void An_image_alone_has_the_bits_that_it_has_in_a_batch_and_gradients_are_the_direct_forms(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(Strided(@case)), direct = new(Strided(@case) with { Algorithm = ConvolutionAlgorithm.Direct });
        ConvolutionShape shape = new ConvolutionProblem(Strided(@case) with { Batch = 1 }).Shape;
        float[] together = Forward(problem), alone = new float[shape.OutputLength];
        for (int image = 0; image < problem.Shape.Batch; image++)
        {
            Convolution.Forward(problem.X.AsSpan(image * shape.InputLength, shape.InputLength), problem.W, problem.Bias, alone, shape);
            Assert.Equal(Widths.Bits(alone), Widths.Bits(together.AsSpan(image * alone.Length, alone.Length)));
        }

        float[] dInput = new float[problem.Shape.InputLength], dWeight = new float[problem.Shape.Weight.Length];
        Convolution.BackwardInput(problem.DOutput, problem.W, dInput, problem.Shape);
        Convolution.BackwardWeight(problem.X, problem.DOutput, dWeight, problem.Shape);
        Convolution.BackwardInput(problem.DOutput, problem.W, direct.X, direct.Shape);
        Convolution.BackwardWeight(problem.X, problem.DOutput, direct.W, direct.Shape);
        Assert.Equal(Widths.Bits(direct.X), Widths.Bits(dInput));
        Assert.Equal(Widths.Bits(direct.W), Widths.Bits(dWeight));
    }

    /// <summary>Weights taken to the points before, or as they are needed; work in one unit or in several.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_width_has_the_same_bits(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        WidthsKernel kernel = new(new ConvolutionProblem(@case with { Bias = false }), []);
        Widths.Each(ref kernel);
        Assert.True(kernel.Outputs.Count >= 2);
        Assert.All(kernel.Outputs, bits => Assert.Equal(kernel.Outputs[0], bits));
        Assert.Equal(kernel.Outputs[0], Widths.Bits(Forward(kernel.Problem)));
    }

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void Packed_weights_give_the_same_bits(ConvolutionCase @case) => AssertPacked(Strided(@case));

    [Theory]
    [InlineData(32, 34, 32)]
    [InlineData(19, 60, 5)]
    public void Weights_are_packed_for_enough_tiles(int channels, int size, int outChannels) =>
        Assert.True(AssertPacked(Square(2, channels, size, outChannels, padding: 1)));

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void Touches_nothing_outside_its_operands(ConvolutionCase @case) => AssertGuarded(Strided(@case));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Touches_nothing_outside_its_operands_where_blocks_end(ConvolutionCase @case) => AssertGuarded(@case);

    /// <summary>What is chosen where nothing is said: of pixels of one magnitude within four times the direct form's own bound, value by value.</summary>
    [Theory]
    [InlineData(32, 64, 16, true)]
    [InlineData(64, 128, 56, true)]
    [InlineData(64, 32, 20, true)]
    [InlineData(64, 128, 16, false)] // 16 tiles
    [InlineData(64, 64, 15, false)]
    [InlineData(24, 64, 32, false)]
    [InlineData(64, 24, 32, false)]
    [InlineData(257, 256, 28, false)] // weights at the points beyond the caches
    [InlineData(32, 32, 5, false)] // nothing saved
    public void It_is_chosen_where_it_is_faster(int channels, int outChannels, int size, bool expected)
    {
        ConvolutionProblem problem = new(Square(1, channels, size, outChannels, padding: 1) with { Algorithm = ConvolutionAlgorithm.Auto });
        ConvolutionShape shape = problem.Shape;
        Assert.Equal(expected, Winograd.TakesStrideTwo(in shape));
        ConvolutionProblem.AssertNear(
            ConvolutionReference.Forward(ConvolutionProblem.Widen(problem.X), ConvolutionProblem.Widen(problem.W), ConvolutionProblem.Widen(problem.Bias), shape),
            Array.ConvertAll(
                ConvolutionReference.Forward(
                    ConvolutionProblem.Magnitudes(problem.X), ConvolutionProblem.Magnitudes(problem.W), ConvolutionProblem.Magnitudes(problem.Bias), shape),
                magnitude => 4 * magnitude),
            Forward(problem),
            shape.Weight.Length / shape.OutChannels);
    }

    private static ConvolutionCase Square(int batch, int channels, int size, int outChannels, int padding = 0) =>
        Strided(ConvolutionCase.Square(batch, channels, size, outChannels, kernel: 3, padding: padding));

    private static ConvolutionCase Strided(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        return @case with
        {
            Vertical = @case.Vertical with { Stride = 2 },
            Horizontal = @case.Horizontal with { Stride = 2 },
            Algorithm = ConvolutionAlgorithm.Winograd,
        };
    }

    private static float[] Forward(ConvolutionProblem problem)
    {
        float[] y = new float[problem.Shape.OutputLength];
        Array.Fill(y, float.NaN);
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, problem.Shape);
        return y;
    }

    /// <returns>Whether weights are packed for these sizes.</returns>
    private static bool AssertPacked(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(@case);
        ConvolutionShape shape = problem.Shape;
        PackedWinograd? packed = PackedWinograd.Of(in shape);
        packed?.Pack(problem.W);
        float[] y = new float[shape.OutputLength];
        Convolution.ForwardPacked(problem.X, problem.W, packed, problem.Bias, y, in shape, default(Identity), pools: false);
        Assert.Equal(Widths.Bits(Forward(problem)), Widths.Bits(y));
        return packed is not null;
    }

    private static void AssertGuarded(ConvolutionCase @case)
    {
        ConvolutionProblem problem = new(@case);
        float[][] results = ConvolutionTests.Guarded(problem, atEnd: true);
        Assert.All(results, values => Assert.DoesNotContain(values, float.IsNaN));
        Assert.All(results.Zip(ConvolutionTests.Guarded(problem, atEnd: false)), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    private readonly unsafe struct WidthsKernel(ConvolutionProblem problem, List<int[]> outputs) : ISimdKernel
    {
        public ConvolutionProblem Problem => problem;

        public List<int[]> Outputs => outputs;

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            outputs.Add(Forward<TSimd>(before: true));
            outputs.Add(Forward<TSimd>(before: false));
        }

        private int[] Forward<TSimd>(bool before)
            where TSimd : struct, ISimd<TSimd>
        {
            ConvolutionShape shape = problem.Shape;
            float[] y = new float[shape.OutputLength], room = new float[Winograd.WeightLength(in shape)];
            fixed (float* input = problem.X, weight = problem.W, output = y, points = room)
            {
                Winograd.Product<Winograd.StrideTwo, Identity> product = default;
                product.Grid = Winograd.Grid(in shape);
                product.Source = new(
                    (nint)input, shape.Image.Length, shape.Image[1], shape.Image[2], shape.Vertical.PadBefore, shape.Horizontal.PadBefore);
                product.Weights = new(weight, shape.OutChannels, shape.Channels, turned: false);
                product.U = before ? points : null;
                product.Y = output;
                product.ImageStride = shape.Output.Length;
                if (before)
                {
                    product.Weights.ToPoints<Winograd.StrideTwo, TSimd>(0, shape.OutChannels, points, shape.OutChannels, 0);
                }

                product.Units<TSimd>(0, product.Cut(threads: before ? 1 : 3));
            }

            return Widths.Bits(y);
        }
    }
}
