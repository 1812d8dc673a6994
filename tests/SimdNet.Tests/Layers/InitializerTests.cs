using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using Xunit;

namespace SimdNet.Tests.Layers;

public partial class InitializerTests
{
    private const int Out = 300, In = 500;

    public static TheoryData<string, double, double> Cases => new()
    {
        // name, variance, fourth moment over variance²: 3 if normal, 9/5 if uniform
        { nameof(Initializer.HeNormal), 2.0 / In, 3 },
        { nameof(Initializer.HeUniform), 2.0 / In, 1.8 },
        { nameof(Initializer.GlorotNormal), 2.0 / (In + Out), 3 },
        { nameof(Initializer.GlorotUniform), 2.0 / (In + Out), 1.8 },
        { nameof(Initializer.LeCunNormal), 1.0 / In, 3 },
        { nameof(Initializer.LeCunUniform), 1.0 / In, 1.8 },
    };

    /// <summary>The mean of n draws deviates by σ/√n, their variance by σ²·√((kurtosis - 1)/n): five times that happens to no seed.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Draws_have_mean_variance_and_shape_of_their_distribution(string name, double variance, double kurtosis)
    {
        float[] values = Fill(name, seed: 42, parameter: 3);
        int n = values.Length;
        double mean = LoopsReference.Sum(values) / n, square = LoopsReference.SumOfSquares(values) / n;
        double fourth = values.Average(value => Math.Pow(value, 4));

        Assert.InRange(mean, -5 * Math.Sqrt(variance / n), 5 * Math.Sqrt(variance / n));
        Assert.InRange(square / variance - 1, -5 * Math.Sqrt((kurtosis - 1) / n), 5 * Math.Sqrt((kurtosis - 1) / n));
        Assert.InRange(fourth / (square * square), 0.95 * kurtosis, 1.05 * kurtosis);
    }

    [Fact]
    public void Each_seed_and_each_parameter_has_its_own_draws_and_always_the_same()
    {
        float[] values = Fill(nameof(Initializer.HeNormal), seed: 1, parameter: 0);
        Assert.Equal(values, Fill(nameof(Initializer.HeNormal), seed: 1, parameter: 0));
        Assert.NotEqual(values, Fill(nameof(Initializer.HeNormal), seed: 2, parameter: 0));
        Assert.NotEqual(values, Fill(nameof(Initializer.HeNormal), seed: 1, parameter: 1));
    }

    [Fact]
    public void The_draws_are_those_of_the_generator()
    {
        float[] expected = new float[Out * In];
        new Philox(unchecked((ulong)-5L), substream: 7).FillNormal(expected, deviation: (float)Math.Sqrt(2.0 / In));
        Assert.Equal(expected, Fill(nameof(Initializer.HeNormal), seed: -5, parameter: 7));
    }

    [Fact]
    public void Of_a_kernel_the_fans_count_its_window()
    {
        float[] weight = new float[64 * 32 * 3 * 3];
        Initializer.HeUniform.Fill(weight, new Shape(64, 32, 3, 3), seed: 1, parameter: 0);
        float bound = MathF.Sqrt(3 * 2f / (32 * 9));
        Assert.InRange(weight.Max(), 0.99f * bound, bound);

        Initializer.GlorotUniform.Fill(weight, new Shape(64, 32, 3, 3), seed: 1, parameter: 0);
        bound = MathF.Sqrt(3 * 2f / ((32 + 64) * 9));
        Assert.InRange(weight.Max(), 0.99f * bound, bound);
    }

    [Fact]
    public void A_constant_is_everywhere_and_must_be_finite()
    {
        float[] values = new float[6];
        Initializer.Constant(-0.25f).Fill(values, new Shape(2, 3), seed: 1, parameter: 0);
        Assert.All(values, value => Assert.Equal(-0.25f, value));
        Initializer.Zero.Fill(values, new Shape(2, 3), seed: 1, parameter: 0);
        Assert.All(values, value => Assert.Equal(0, value));
        foreach (float value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>("value", () => Initializer.Constant(value));
        }
    }

    [Fact]
    public void Orthogonal_draws_are_those_of_the_generator_made_orthogonal()
    {
        float[] values = new float[4 * 3 * 2 * 2], expected = new float[values.Length];
        new Philox(9, substream: 5).FillNormal(expected);
        Orthogonalization.Apply(expected, rows: 4, columns: 12, gain: 1.5f);

        Initializer.Orthogonal(1.5f).Fill(values, new Shape(4, 3, 2, 2), seed: 9, parameter: 5);

        Assert.Equal(expected, values);
        Assert.Throws<ArgumentOutOfRangeException>("gain", () => Initializer.Orthogonal(0));
    }

    private static float[] Fill(string name, long seed, int parameter)
    {
        var initializer = (Initializer)typeof(Initializer).GetProperty(name)!.GetValue(null)!;
        float[] values = new float[Out * In];
        initializer.Fill(values, new Shape(Out, In), seed, parameter);
        return values;
    }
}
