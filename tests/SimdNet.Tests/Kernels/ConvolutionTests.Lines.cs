using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>Forward line by line: where lines, vectors, pairs and strips end.</content>
public sealed partial class ConvolutionTests
{
    /// <summary>With few output channels a vector ends with its line, with many it goes on in the next.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 14)]
    [InlineData(2, 3)]
    [InlineData(2, 14)]
    [InlineData(3, 13)]
    public void Lines_end_around_every_vector(int stride, int outChannels)
    {
        for (int outputs = 1; outputs <= 36; outputs += outputs == 20 ? 10 : 1)
        {
            for (int padding = 0; padding < 3; padding++)
            {
                int kernel = 2 + padding, width = Math.Max(1, ((outputs - 1) * stride) + kernel - (2 * padding) + (outputs % stride));
                ForwardBits(ConvolutionCase.Square(1, 1, 5, outChannels, kernel, stride, padding) with { Width = width });
            }
        }
    }

    /// <summary>Several strips, the last of fewer lines, of an odd number of vectors; blocks of k; one line, two lines.</summary>
    [Theory]
    [InlineData(1, 3, 43, 20, 13, 3, 1)]
    [InlineData(1, 2, 31, 35, 5, 5, 2)]
    [InlineData(1, 40, 11, 300, 2, 3, 1)]
    [InlineData(1, 70, 9, 21, 3, 4, 1)]
    [InlineData(1, 115, 24, 24, 2, 3, 1)]
    [InlineData(1, 130, 9, 17, 13, 3, 2)]
    [InlineData(2, 230, 4, 9, 12, 3, 1)]
    [InlineData(1, 2, 3, 5, 30, 3, 2)]
    [InlineData(1, 2, 1, 9, 30, 3, 1)]
    public void Strips_end_anywhere(int batch, int channels, int height, int width, int outChannels, int kernel, int stride) =>
        ForwardBits(ConvolutionCase.Square(batch, channels, height, outChannels, kernel, stride, padding: 1) with { Width = width });

    /// <summary>Lines where nearly all lanes compute outputs, and where weights are fetched for many; patches where few lanes do, or for few outputs.</summary>
    [Theory]
    [InlineData(1, 64, 64, 3, 1, true)]
    [InlineData(115, 24, 256, 3, 1, true)]
    [InlineData(115, 14, 256, 3, 1, false)]
    [InlineData(3, 3, 256, 3, 1, false)]
    [InlineData(3, 64, 64, 1, 0, false)]
    public void Lines_are_taken_where_they_are_faster(int channels, int size, int outChannels, int kernel, int padding, bool expected) =>
        Assert.Equal(expected, Convolution.IsByLines(ConvolutionCase.Square(1, channels, size, outChannels, kernel, padding: padding).Sizes));

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
