using FsCheck.Xunit;
using SimdNet.Kernels;
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
