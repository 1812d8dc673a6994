using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>The numerics contract: no bit depends on the width, on the batch, on the place of an operand, on what lies beside it.</summary>
public sealed partial class WinogradTests
{
    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void An_image_alone_has_the_bits_that_it_has_in_a_batch(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case), first = new(@case with { Batch = 1 });
        float[] alone = new float[first.Shape.OutputLength], together = new float[problem.Shape.OutputLength];
        float[] aloneBack = new float[first.Shape.InputLength], togetherBack = new float[problem.Shape.InputLength];
        for (int image = 0; image < problem.Shape.Batch; image++)
        {
            ReadOnlySpan<float> x = problem.X.AsSpan(image * aloneBack.Length, aloneBack.Length);
            ReadOnlySpan<float> dOutput = problem.DOutput.AsSpan(image * alone.Length, alone.Length);
            Convolution.Forward(x, problem.W, problem.Bias, alone, first.Shape);
            Convolution.Forward(problem.X, problem.W, problem.Bias, together, problem.Shape);
            Assert.True(alone.AsSpan().SequenceEqual(together.AsSpan(image * alone.Length, alone.Length)));
            Convolution.BackwardInput(dOutput, problem.W, aloneBack, first.Shape);
            Convolution.BackwardInput(problem.DOutput, problem.W, togetherBack, problem.Shape);
            Assert.True(aloneBack.AsSpan().SequenceEqual(togetherBack.AsSpan(image * aloneBack.Length, aloneBack.Length)));
        }
    }

    /// <summary>Weights taken to the points before, or as they are needed; work in one unit or in several.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_width_has_the_same_bits(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        WidthsKernel kernel = new(new ConvolutionProblem(@case), [], []);
        Widths.Each(ref kernel);
        Assert.True(kernel.Outputs.Count >= 2);
        Assert.All(kernel.Outputs, bits => Assert.Equal(kernel.Outputs[0], bits));
        Assert.All(kernel.Gradients, bits => Assert.Equal(kernel.Gradients[0], bits));
    }

    private readonly unsafe struct WidthsKernel(ConvolutionProblem problem, List<int[]> outputs, List<int[]> gradients) : ISimdKernel
    {
        public List<int[]> Outputs => outputs;

        public List<int[]> Gradients => gradients;

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            outputs.Add(Forward<TSimd>(before: true));
            outputs.Add(Forward<TSimd>(before: false));
            gradients.Add(BackwardWeight<TSimd>());
        }

        private int[] Forward<TSimd>(bool before)
            where TSimd : struct, ISimd<TSimd>
        {
            ConvolutionShape shape = problem.Shape;
            float[] y = new float[shape.OutputLength], room = new float[Winograd.WeightLength(in shape)];
            fixed (float* input = problem.X, weight = problem.W, output = y, points = room)
            {
                Winograd.Product<Winograd.StrideOne, Identity> product = default;
                product.Grid = new(shape.Batch, shape.Output[1], shape.Output[2]);
                product.Source = Pixels(input);
                product.Weights = new(weight, shape.OutChannels, shape.Channels, turned: false);
                product.U = before ? points : null;
                product.Y = output;
                product.ImageStride = shape.Output.Length;
                if (before)
                {
                    product.Weights.ToPoints<Winograd.StrideOne, TSimd>(0, shape.OutChannels, points, shape.OutChannels, 0);
                }

                product.Units<TSimd>(0, product.Cut(threads: before ? 1 : 3));
            }

            return Widths.Bits(y);
        }

        private int[] BackwardWeight<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            ConvolutionShape shape = problem.Shape;
            float[] dWeight = new float[shape.Weight.Length], room = new float[Winograd.WeightGradient.RoomLength(shape.OutChannels, shape.Channels)];
            Array.Fill(room, float.NaN);
            fixed (float* input = problem.X, gradient = problem.DOutput, result = dWeight, points = room)
            {
                Winograd.WeightGradient weights = default;
                weights.Grid = new(shape.Batch, shape.Output[1], shape.Output[2]);
                weights.Pixels = Pixels(input);
                weights.Gradients = new((nint)gradient, shape.Output.Length, shape.Output[1], shape.Output[2], 0, 0);
                (weights.Channels, weights.OutChannels) = (shape.Channels, shape.OutChannels);
                weights.Room = points;
                weights.DWeight = result;
                weights.Run<TSimd>();
            }

            Assert.DoesNotContain(dWeight, float.IsNaN);
            return Widths.Bits(dWeight);
        }

        private TileSource Pixels(float* input)
        {
            ConvolutionShape shape = problem.Shape;
            return new(
                (nint)input, shape.Image.Length, shape.Image[1], shape.Image[2], shape.Vertical.PadBefore, shape.Horizontal.PadBefore);
        }
    }

    [Property(Arbitrary = [typeof(WinogradCases)], MaxTest = Most)]
    public void Touches_nothing_outside_its_operands(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case);
        float[][] results = ConvolutionTests.Guarded(problem, atEnd: true);
        Assert.All(results, values => Assert.DoesNotContain(values, float.IsNaN));
        Assert.All(results.Zip(ConvolutionTests.Guarded(problem, atEnd: false)), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Touches_nothing_outside_its_operands_where_blocks_end(ConvolutionCase @case) => Touches_nothing_outside_its_operands(@case);
}
