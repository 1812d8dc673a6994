using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>Weights that are packed, outputs of which the largest of each 2 × 2 are left: bit by bit what the two passes give.</summary>
public sealed partial class WinogradTests
{
    private const float Untouched = 123;

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void The_largest_outputs_have_the_bits_of_a_pass_of_their_own(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case);
        AssertPooled(problem);
        (problem.X[0], problem.X[^1]) = (float.NaN, float.NegativeInfinity);
        problem.W.AsSpan(0, Math.Min(9, problem.W.Length)).Fill(-0f);
        AssertPooled(problem);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void The_largest_outputs_have_the_same_bits_where_blocks_end(ConvolutionCase @case) => AssertPooled(new ConvolutionProblem(@case));

    /// <summary>An even number of outputs along both axes, an odd one, and one that ends in a tile of its own.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(13)]
    [InlineData(2)]
    public void Every_width_finds_the_same_largest_outputs(int size)
    {
        PoolingWidths kernel = new(new ConvolutionProblem(Square(3, 5, size, 7, padding: 1)), []);
        Widths.Each(ref kernel);
        Assert.NotEmpty(kernel.Outputs);
        Assert.All(kernel.Outputs, bits => Assert.Equal(Separate(kernel.Problem), bits));
    }

    internal static void AssertPooled(ConvolutionProblem problem)
    {
        ConvolutionShape shape = problem.Shape;
        PackedWinograd? packed = PackedWinograd.Of(in shape);
        packed?.Pack(problem.W);
        float[] y = new float[shape.OutputLength];
        Convolution.ForwardPacked(problem.X, problem.W, packed, problem.Bias, y, in shape, default(Identity), pools: false);
        float[] expected = new float[shape.OutputLength];
        Convolution.Forward(problem.X, problem.W, problem.Bias, expected, shape);
        Assert.Equal(Widths.Bits(expected), Widths.Bits(y));
        if (Math.Min(shape.Output[1], shape.Output[2]) < 2)
        {
            return;
        }

        foreach (PackedWinograd? weights in (PackedWinograd?[])[null, packed])
        {
            float[] room = new float[shape.PooledLength + 64];
            Array.Fill(room, Untouched);
            Convolution.ForwardPacked(
                problem.X, problem.W, weights, problem.Bias, room.AsSpan(32, shape.PooledLength), in shape, default(Identity), pools: true);
            Assert.Equal(Separate(problem), Widths.Bits(room.AsSpan(32, shape.PooledLength)));
            Assert.All(room[..32].Concat(room[^32..]), value => Assert.Equal(Untouched, value));
        }
    }

    private static int[] Separate(ConvolutionProblem problem)
    {
        ConvolutionShape shape = problem.Shape;
        PoolingShape pooling = new(shape.Batch, shape.Output, new(2, 2), new(2, 2));
        float[] y = new float[shape.OutputLength], largest = new float[pooling.OutputLength];
        Convolution.Forward(problem.X, problem.W, problem.Bias, y, shape);
        Pooling.MaxForward(y, largest, pooling);
        return Widths.Bits(largest);
    }

    private readonly unsafe struct PoolingWidths(ConvolutionProblem problem, List<int[]> outputs) : ISimdKernel
    {
        public ConvolutionProblem Problem => problem;

        public List<int[]> Outputs => outputs;

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            ConvolutionShape shape = problem.Shape;
            float[] y = new float[shape.PooledLength];
            fixed (float* input = problem.X, weight = problem.W, bias = problem.Bias, output = y)
            {
                Winograd.Product<Winograd.StrideOne, Identity> product = default;
                product.Grid = new(shape.Batch, shape.Output[1], shape.Output[2]);
                product.Source = new(
                    (nint)input, shape.Image.Length, shape.Image[1], shape.Image[2], shape.Vertical.PadBefore, shape.Horizontal.PadBefore);
                product.Weights = new(weight, shape.OutChannels, shape.Channels, turned: false);
                product.Bias = bias;
                product.Pools = true;
                product.Y = output;
                product.ImageStride = y.Length / shape.Batch;
                product.Units<TSimd>(0, product.Cut(threads: 1));
            }

            outputs.Add(Widths.Bits(y));
        }
    }
}
