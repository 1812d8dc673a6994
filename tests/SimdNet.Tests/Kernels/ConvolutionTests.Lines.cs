using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>Forward line by line: where lines, vectors, pairs and strips end.</content>
public sealed partial class ConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lines_end_around_every_vector(int stride)
    {
        for (int outputs = 1; outputs <= 36; outputs++)
        {
            for (int padding = 0; padding < 4; padding++)
            {
                int kernel = 2 + padding, width = Math.Max(1, ((outputs - 1) * stride) + kernel - (2 * padding) + (outputs % stride));
                ForwardBits(ConvolutionCase.Square(2, 2, 5, 3, kernel, stride, padding) with { Width = width });
            }
        }
    }

    /// <summary>Several strips, the last of fewer lines, of an odd number of vectors; blocks of k; an activation that is not part of the kernel.</summary>
    [Theory]
    [InlineData(1, 3, 43, 20, 13, 3, 1)]
    [InlineData(1, 2, 31, 35, 5, 5, 2)]
    [InlineData(3, 40, 19, 300, 2, 3, 1)]
    [InlineData(1, 70, 9, 21, 3, 4, 1)]
    [InlineData(1, 130, 9, 17, 2, 3, 2)]
    [InlineData(2, 230, 4, 9, 3, 3, 1)]
    public void Strips_end_anywhere(int batch, int channels, int height, int width, int outChannels, int kernel, int stride)
    {
        ConvolutionCase @case = ConvolutionCase.Square(batch, channels, height, outChannels, kernel, stride, padding: 1) with { Width = width };
        Assert.True(Convolution.IsByLines(@case.Sizes));
        ForwardBits(@case);
    }

    private static void ForwardBits(ConvolutionCase @case)
    {
        if (!@case.IsPossible)
        {
            return;
        }

        ConvolutionProblem problem = new(@case);
        WidthsKernel kernel = new(problem);
        Widths.Each(ref kernel);
        float[] y = new float[problem.Shape.OutputLength];
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, problem.Shape, default(ReLUOperator));
        Assert.Equal(Widths.Bits(ConvolutionInOrder.Forward(problem.X, problem.W, problem.Bias, problem.Shape, value => MathF.Max(value, 0))), Widths.Bits(y));
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, problem.Shape, new Leaky(GemmProblem.Slope));
        Assert.Equal(
            Widths.Bits(ConvolutionInOrder.Forward(
                problem.X, problem.W, problem.Bias, problem.Shape, value => MathF.Max(value, GemmProblem.Slope * value))),
            Widths.Bits(y));
    }
}
