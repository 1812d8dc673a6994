using FsCheck.Xunit;
using SimdNet.Layers;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Layers;

public class OrthogonalizationTests
{
    /// <summary>Each product of two rows sums up to n terms of which each factor was rounded to float.</summary>
    [Property(MaxTest = 50)]
    public void The_fewer_are_orthonormal(byte rowCount, byte columnCount)
    {
        (int rows, int columns) = (1 + (rowCount % 40), 1 + (columnCount % 40));
        float[] q = Made(rows, columns, gain: 1);
        (int vectors, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        float At(int vector, int i) => rows <= columns ? q[(vector * columns) + i] : q[(i * columns) + vector];
        for (int a = 0; a < vectors; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double product = Enumerable.Range(0, length).Sum(i => (double)At(a, i) * At(b, i));
                Assert.InRange(product - (a == b ? 1 : 0), -Tolerance.Gamma(4), Tolerance.Gamma(4));
            }
        }
    }

    /// <summary>
    /// By Householder's reflections, which do not lose orthogonality; the matrices here are of a condition that lets Gram and Schmidt lose less
    /// than a rounding to float.
    /// </summary>
    [Theory]
    [InlineData(7, 7)]
    [InlineData(30, 12)]
    [InlineData(12, 30)]
    [InlineData(1, 5)]
    [InlineData(5, 1)]
    [InlineData(1, 1)]
    public void Is_the_factor_of_a_positive_diagonal(int rows, int columns)
    {
        float[] a = Draws.Normal(rows * columns, stream: 3);
        double[] expected = OrthogonalizationReference.Apply(a, rows, columns);
        float[] actual = Made(rows, columns, gain: 2);
        for (int i = 0; i < a.Length; i++)
        {
            Assert.InRange(actual[i] - (2 * expected[i]), -2 * Tolerance.Gamma(1), 2 * Tolerance.Gamma(1));
        }
    }

    // Frozen: a network must begin with the same weights on every machine.
    [Fact]
    public void The_bits_never_change() =>
        Assert.Equal(-1030313819, Widths.Bits(Made(50, 70, gain: 1)).Aggregate(0, (hash, bits) => unchecked((hash * 31) + bits)));

    private static float[] Made(int rows, int columns, float gain)
    {
        float[] values = Draws.Normal(rows * columns, stream: 3);
        Orthogonalization.Apply(values, rows, columns, gain);
        return values;
    }
}
