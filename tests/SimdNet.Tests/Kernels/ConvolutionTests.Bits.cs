using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>
/// The numerics contract: an element's bits depend on its own terms. A reference that knows nothing of widths and threads gives them, so the
/// suite, run at each width, proves that they are the same.
/// </summary>
public sealed partial class ConvolutionTests
{
    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void Has_the_bits_of_the_contract(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        AssertBits(new ConvolutionProblem(@case), maxThreads: 0);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Has_the_bits_of_the_contract_where_blocks_end(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        AssertBits(new ConvolutionProblem(@case), maxThreads: 0);
    }

    /// <summary>What <see cref="Convolution.Forward{TActivation}"/> and the gradient of the weights do behind their doors, at every width in one process.</summary>
    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void Has_the_bits_of_the_contract_at_every_width(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        WidthsKernel kernel = new(new ConvolutionProblem(@case with { Groups = 1, Bias = false }));
        Widths.Each(ref kernel);
    }

    private readonly unsafe struct WidthsKernel(ConvolutionProblem problem) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            ConvolutionShape shape = problem.Shape;
            int taps = shape.Weight.Length / shape.OutChannels, area = shape.Output[1] * shape.Output[2];
            float[] y = new float[shape.OutputLength], lines = new float[shape.OutputLength], dWeight = new float[shape.Weight.Length];
            fixed (float* input = problem.X, weight = problem.W, gradient = problem.DOutput, output = y, other = lines, result = dWeight)
            {
                Convolution.ForwardLines<Identity> byLines = new(shape, input, weight, null, other, default, pieces: 5);
                byLines.Part(0, byLines.Count).Invoke<TSimd>();

                Gemm.SourceProduct<Gemm.InPlace, Patches, Identity> forward = default;
                (forward.RowEnd, forward.ColumnEnd, forward.K) = (shape.OutChannels, shape.Batch * area, taps);
                forward.A = new(new(weight, taps, 1));
                forward.B = Patches.Of(in shape, input, 0);
                forward.C = new(output, area, area, outerStride: shape.Output.Length);
                forward.Epilogue.Alpha = 1;
                forward.Invoke<TSimd>();

                Gemm.SourceProduct<Patches, PixelRows, Identity> backward = default;
                (backward.RowEnd, backward.ColumnEnd, backward.K) = (taps, shape.OutChannels, shape.Batch * area);
                backward.A = Patches.Of(in shape, input, 0);
                backward.B = new(gradient, shape.Output.Length, area);
                backward.C = new(result, 1, int.MaxValue, taps); // dW itself: what lies by columns goes through a tile of sums
                backward.Epilogue.Alpha = 1;
                backward.Invoke<TSimd>();
            }

            int[] expected = Widths.Bits(ConvolutionInOrder.Forward(problem.X, problem.W, [], shape, value => value));
            Assert.Equal(expected, Widths.Bits(y));
            Assert.Equal(expected, Widths.Bits(lines));
            Assert.Equal(Widths.Bits(ConvolutionInOrder.BackwardWeight(problem.X, problem.DOutput, shape, inParts: false)), Widths.Bits(dWeight));
        }
    }

    internal static void AssertBits(ConvolutionProblem problem, int maxThreads)
    {
        ConvolutionShape shape = problem.Shape;
        float[] y = new float[shape.OutputLength], dInput = new float[shape.InputLength], dWeight = new float[shape.Weight.Length];
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, shape, new Leaky(GemmProblem.Slope), maxThreads);
        float[] expected = ConvolutionInOrder.Forward(
            problem.X, problem.W, problem.Bias, shape, value => MathF.Max(value, GemmProblem.Slope * value));
        Assert.Equal(Widths.Bits(expected), Widths.Bits(y));
        Convolution.BackwardInput(problem.DOutput, problem.W, dInput, shape, maxThreads);
        Assert.Equal(Widths.Bits(ConvolutionInOrder.BackwardInput(problem.DOutput, problem.W, shape)), Widths.Bits(dInput));
        Convolution.BackwardWeight(problem.X, problem.DOutput, dWeight, shape, maxThreads);
        Assert.Equal(Widths.Bits(ConvolutionInOrder.BackwardWeight(problem.X, problem.DOutput, shape)), Widths.Bits(dWeight));
    }
}
