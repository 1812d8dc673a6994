using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public class ActivationsTests
{
    [Theory]
    [InlineData(2.5f, 2.5f)]
    [InlineData(-2.5f, 0f)]
    [InlineData(0f, 0f)]
    [InlineData(float.Epsilon, float.Epsilon)]
    [InlineData(-float.Epsilon, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.NaN, float.NaN)]
    public void ReLU_is_its_formula_to_the_bit_at_every_width(float x, float expected)
    {
        float[] y = new float[1];
        Widths.Same(new Lane(x, y), () => y[0] = 7, () => y);
        Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(y[0]));
    }

    [Fact]
    public void ReLU_of_minus_0_is_0() => ReLU_is_its_formula_to_the_bit_at_every_width(-0f, 0);

    [Theory]
    [InlineData(3f, -4f, -4f)]
    [InlineData(0f, -4f, 0f)]
    [InlineData(0f, float.NaN, 0f)]
    [InlineData(float.NaN, -4f, -4f)]
    [InlineData(float.PositiveInfinity, -0f, -0f)]
    public void ReLU_backward_passes_what_comes_back_where_the_output_is_positive(float output, float dOutput, float expected)
    {
        float[] outputs = [output], gradient = [dOutput];
        Loops.Zip(new ActivationBackward<ReLUOperator>(default), outputs, gradient, gradient);
        Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(gradient[0]));
    }

    private readonly unsafe struct Lane(float x, float[] y) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => y[0] = TSimd.ToScalar(default(ReLUOperator).Invoke(TSimd.Broadcast(x)));
    }
}
