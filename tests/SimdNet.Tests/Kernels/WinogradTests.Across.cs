using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>Weights packed for few tiles, whose lanes channels take: the bits are those of any other way.</summary>
public sealed partial class WinogradTests
{
    [Theory]
    [InlineData(1, 64, 7, 64)]
    [InlineData(1, 8, 7, 9)]
    [InlineData(3, 70, 4, 49)]
    [InlineData(2, 9, 8, 33)]
    [InlineData(12, 16, 3, 100)]
    [InlineData(1, 5, 1, 1)]
    public void Few_tiles_have_the_same_bits_across_packed_weights(int batch, int channels, int size, int outChannels)
    {
        ConvolutionProblem problem = new(Square(batch, channels, size, outChannels, padding: 1));
        ConvolutionShape shape = problem.Shape;
        Assert.True(PackedWinograd.Of(in shape)?.IsAcross);
        AssertPooled(problem);
    }

    [Fact]
    public void Few_tiles_of_groups_have_the_same_bits_across_packed_weights() =>
        AssertPooled(new ConvolutionProblem(Square(1, 24, 8, 36, padding: 1) with { Groups = 3 }));

    /// <summary>Of a batch of four tiles an image, packed for up to three images.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fewer_images_than_weights_were_packed_for_have_the_same_bits(int batch)
    {
        ConvolutionProblem problem = new(Square(batch, 20, 7, 30, padding: 1));
        ConvolutionShape shape = problem.Shape;
        ConvolutionShape most = new ConvolutionProblem(Square(3, 20, 7, 30, padding: 1)).Shape;
        PackedWinograd packed = PackedWinograd.Of(in most)!;
        packed.Pack(problem.W);
        float[] expected = new float[shape.OutputLength], y = new float[shape.OutputLength];
        Convolution.Forward(problem.X, problem.W, problem.Bias, expected, shape);
        Convolution.ForwardPacked(problem.X, problem.W, packed, problem.Bias, y, in shape, default(Identity), pools: false);
        Assert.Equal(Widths.Bits(expected), Widths.Bits(y));
    }
}
