using FsCheck.Xunit;
using SimdNet.Kernels;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed class PortableMathTests
{
    /// <summary>The unit roundoff of double: 2⁻⁵³.</summary>
    private const double Unit = 1.0 / (1L << 53);

    /// <summary>Math's own bits are those of some library, which is good to about a unit; πx has a relative error of 2 before that.</summary>
    [Fact]
    public void The_cosine_is_that_of_pi_times_x()
    {
        for (int i = 0; i <= 10_000; i++)
        {
            double x = i / 10_000.0;
            Assert.InRange(PortableMath.CosPi(x) - Math.Cos(Math.PI * x), -8 * Unit, 8 * Unit);
        }

        Assert.Equal([1, 0, -1], (double[])[PortableMath.CosPi(0), PortableMath.CosPi(0.5), PortableMath.CosPi(1)]);
        Assert.Equal(PortableMath.CosPi(0.3), -PortableMath.CosPi(0.7), 4 * Unit);
    }

    /// <summary>The squarings double what error there is: n roundings, and as many in the library's.</summary>
    [Property]
    public void A_power_is_a_product_of_equals(byte exponent, byte part)
    {
        double b = 0.5 + (part / 256.0);
        double expected = Math.Pow(b, exponent), bound = 2 * (exponent + 1) * Unit * expected;
        Assert.InRange(PortableMath.Power(b, exponent) - expected, -bound, bound);
    }

    [Fact]
    public void The_power_of_nothing_is_one_and_that_of_very_many_nothing()
    {
        Assert.Equal(1, PortableMath.Power(0, 0));
        Assert.Equal(0, PortableMath.Power(0.9, long.MaxValue));
    }
}
