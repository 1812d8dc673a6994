using SimdNet.Kernels;
using Xunit;

namespace SimdNet.Tests.Kernels;

public class AngleTests
{
    /// <summary>The C library's own sine of a rounded angle is off by the rounding of the angle, at most 2⁻⁵³ · 63 here.</summary>
    [Fact]
    public void Sine_and_cosine_are_those_of_the_angle()
    {
        for (double degrees = -1000; degrees <= 1000; degrees += 0.37)
        {
            (double sine, double cosine) = Angle.SineCosine(degrees);
            double reduced = Math.IEEERemainder(degrees, 360) * (Math.PI / 180); // within ±π: rounded by less than 2⁻⁵⁰
            Assert.InRange(sine - Math.Sin(reduced), -1.0 / (1L << 49), 1.0 / (1L << 49));
            Assert.InRange(cosine - Math.Cos(reduced), -1.0 / (1L << 49), 1.0 / (1L << 49));
        }
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(90, 1, 0)]
    [InlineData(180, 0, -1)]
    [InlineData(270, -1, 0)]
    [InlineData(-90, -1, 0)]
    [InlineData(-180, 0, -1)]
    [InlineData(3600, 0, 1)]
    public void Quarter_turns_are_exact(double degrees, double sine, double cosine) =>
        Assert.Equal((sine, cosine), Angle.SineCosine(degrees));

    // Frozen: an image must turn the same way on every machine.
    [Fact]
    public void The_bits_never_change()
    {
        long bits = 0;
        for (int degrees = -180; degrees <= 180; degrees++)
        {
            (double sine, double cosine) = Angle.SineCosine(degrees + 0.4);
            bits = unchecked((((bits * 31) + BitConverter.DoubleToInt64Bits(sine)) * 31) + BitConverter.DoubleToInt64Bits(cosine));
        }

        Assert.Equal(-3678452068372347414, bits);
    }
}
