using SimdNet.Kernels;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>Against values of 19 digits, on both sides of where a formula takes over from another.</summary>
public class DoubleMathTests
{
    /// <summary>A few roundings of double, in its unit 2⁻⁵³.</summary>
    private const double Relative = 8.0 / (1L << 53);

    [Theory]
    [InlineData(0.1, 0.1124629160182848984)]
    [InlineData(1, 0.8427007929497148693)]
    [InlineData(2.9, 0.9999589021219005411)]
    [InlineData(3.1, 0.9999883513426328004)]
    [InlineData(5.5, 0.9999999999999926422)]
    [InlineData(6, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(0, 0)]
    public void Error_function_and_its_mirror(double x, double expected)
    {
        Assert.InRange(DoubleMath.Erf(x), expected * (1 - Relative), expected * (1 + Relative));
        Assert.Equal(-DoubleMath.Erf(x), DoubleMath.Erf(-x));
    }

    [Fact]
    public void Exponential_and_logarithm_keep_their_digits_near_0()
    {
        Assert.Equal(1.000000000050000036e-10, DoubleMath.Expm1(1e-10), Relative * 1e-10);
        Assert.Equal(-0.3296799539643607141, DoubleMath.Expm1(-0.4), Relative);
        Assert.Equal(9.999999999500000364e-11, DoubleMath.Log1p(1e-10), Relative * 1e-10);
        Assert.Equal(-1, DoubleMath.Expm1(double.NegativeInfinity));
        Assert.Equal(0, DoubleMath.Log1p(0));
    }

    [Fact]
    public void Not_a_number_stays_so() => Assert.Equal(
        [double.NaN, double.NaN, double.NaN, double.NaN],
        [DoubleMath.Erf(double.NaN), DoubleMath.Expm1(double.NaN), DoubleMath.Log1p(double.NaN), DoubleMath.Sigmoid(double.NaN)]);
}
