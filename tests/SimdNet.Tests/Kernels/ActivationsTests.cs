using SimdNet.Kernels;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public class ActivationsTests
{
    private const float Infinity = float.PositiveInfinity;

    /// <summary>Dense where the functions bend, then out to where the last of them is 0 or its argument.</summary>
    private static readonly float[] s_inputs =
        [.. Enumerable.Range(-4000, 8001).Select(i => i / 400f), .. Enumerable.Range(-110, 221).Select(i => i + 0.3f), 1e-30f, -1e-30f];

    public static TheoryData<string> Names => [.. ActivationCase.All.Keys];

    public static TheoryData<string> Rising => [.. ActivationCase.All.Keys.Except(["SiLU", "GELU", "GELUTanh"])];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_value_is_that_of_the_formula_in_double(string name)
    {
        ActivationCase activation = ActivationCase.All[name];
        float[] y = activation.Forward(s_inputs);
        for (int i = 0; i < y.Length; i++)
        {
            double expected = activation.Double(s_inputs[i]), bound = activation.ValueBound(s_inputs[i], expected);
            Assert.True(
                Math.Abs(y[i] - expected) <= bound, $"{name}({s_inputs[i]:G9}) = {y[i]:G9}, expected {expected:G9} to within {bound:G3}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_is_the_derivative(string name)
    {
        const double Step = 1e-5;
        ActivationCase activation = ActivationCase.All[name];
        float[] x = [.. s_inputs.Where(x => activation.Kinks.All(kink => Math.Abs(x - kink) > 2 * Step))];
        float[] dOutput = Draws.Normal(x.Length, stream: 8);
        float[] value = activation.BackwardTakesOutput ? activation.Forward(x) : x, dInput = activation.Backward(value, dOutput);
        for (int i = 0; i < x.Length; i++)
        {
            double slope = (activation.Double(x[i] + Step) - activation.Double(x[i] - Step)) / (2 * Step), expected = dOutput[i] * slope;
            double bound = Math.Abs(dOutput[i]) * activation.SlopeBound(Step, x[i]);
            Assert.True(
                Math.Abs(dInput[i] - expected) <= bound,
                $"{name}'({x[i]:G9}) gives {dInput[i]:G9}, expected {expected:G9} to within {bound:G3}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bits_are_the_same_at_every_width_and_in_place(string name)
    {
        ActivationCase activation = ActivationCase.All[name];
        foreach (int length in (int[])[0, 1, 3, 15, 16, 17, 31, 33, 65, 130])
        {
            float[] x = Draws.Normal(length, stream: 9, deviation: 3), dOutput = Draws.Normal(length, stream: 10);
            float[] y = activation.ForwardAtEveryWidth(x), dInput = activation.BackwardAtEveryWidth(x, dOutput);
            float[] inPlace = [.. x], gradientInPlace = [.. dOutput];
            activation.Forward(inPlace, inPlace);
            activation.Backward(x, gradientInPlace, gradientInPlace);
            Assert.Equal(Widths.Bits(y), Widths.Bits(inPlace));
            Assert.Equal(Widths.Bits(dInput), Widths.Bits(gradientInPlace));
        }
    }

    /// <summary>But for 2 ULP, which is the accuracy of each value: where tanh is about to become 1, that is seen.</summary>
    [Theory]
    [MemberData(nameof(Rising))]
    public void What_rises_never_falls(string name)
    {
        float[] y = ActivationCase.All[name].Forward(s_inputs[..8001]);
        for (int i = 1; i < y.Length; i++)
        {
            Assert.True(
                y[i] >= y[i - 1] || Tolerance.UnitsInTheLastPlace(y[i], y[i - 1]) <= 2,
                $"{name}({s_inputs[i]}) = {y[i]:G9} is below {name}({s_inputs[i - 1]}) = {y[i - 1]:G9}");
        }
    }

    [Theory]
    [InlineData("ReLU", 0f, 0f, Infinity)]
    [InlineData("LeakyReLU", -Infinity, -0f, Infinity)]
    [InlineData("ELU", -1.5f, 0f, Infinity)]
    [InlineData("SELU", -1.75809932f, 0f, Infinity)]
    [InlineData("Sigmoid", 0f, 0.5f, 1f)]
    [InlineData("HardSigmoid", 0f, 0.5f, 1f)]
    [InlineData("Tanh", -1f, -0f, 1f)]
    [InlineData("Softplus", 0f, 0.693147182f, Infinity)]
    [InlineData("SiLU", -0f, -0f, Infinity)]
    [InlineData("GELU", 0f, -0f, Infinity)]
    [InlineData("GELUTanh", -0f, -0f, Infinity)]
    public void Special_values_are_the_limits(string name, float atMinusInfinity, float atMinusZero, float atInfinity)
    {
        float[] y = ActivationCase.All[name].Forward([-Infinity, -0f, Infinity, float.NaN, -float.MaxValue]);

        Assert.Equal(Widths.Bits([atMinusInfinity, atMinusZero, atInfinity, float.NaN]), Widths.Bits(y.AsSpan(..4)));
        Assert.Equal(name == "LeakyReLU" ? -float.MaxValue / 4 : atMinusInfinity, y[4]);
    }

    /// <summary>The slope at -∞, at ∞: 0 and 1, or their like; never NaN, which ∞·0 would be.</summary>
    [Theory]
    [InlineData("ReLU", 0f, 1f)]
    [InlineData("LeakyReLU", 0.25f, 1f)]
    [InlineData("ELU", 0f, 1f)]
    [InlineData("SELU", 0f, 1.05070102f)]
    [InlineData("Sigmoid", 0f, 0f)]
    [InlineData("HardSigmoid", 0f, 0f)]
    [InlineData("Tanh", 0f, 0f)]
    [InlineData("Softplus", 0f, 1f)]
    [InlineData("SiLU", 0f, 1f)]
    [InlineData("GELU", 0f, 1f)]
    [InlineData("GELUTanh", 0f, 1f)]
    public void Slopes_have_limits(string name, float atMinusInfinity, float atInfinity)
    {
        ActivationCase activation = ActivationCase.All[name];
        foreach (float far in (float[])[Infinity, float.MaxValue, 1e4f])
        {
            float[] x = [-far, far];
            float[] slopes = activation.Backward(activation.BackwardTakesOutput ? activation.Forward(x) : x, [1, 1]);

            Assert.Equal(atMinusInfinity, slopes[0]);
            Assert.Equal(atInfinity, slopes[1]);
        }
    }

    [Theory]
    [InlineData(3f, -4f, -4f)]
    [InlineData(0f, -4f, 0f)]
    [InlineData(0f, float.NaN, 0f)]
    [InlineData(float.NaN, -4f, -4f)]
    [InlineData(Infinity, -0f, -0f)]
    public void ReLU_backward_passes_what_comes_back_where_the_output_is_positive(float output, float dOutput, float expected) =>
        Assert.Equal(Widths.Bits([expected]), Widths.Bits(ActivationCase.All["ReLU"].Backward([output], [dOutput])));

    [Theory]
    [InlineData(float.Epsilon, float.Epsilon)]
    [InlineData(-float.Epsilon, 0f)]
    public void ReLU_keeps_the_denormals(float x, float expected) =>
        Assert.Equal(Widths.Bits([expected]), Widths.Bits(ActivationCase.All["ReLU"].Forward([x])));

    [Theory]
    [InlineData(-0.25f)]
    [InlineData(Infinity)]
    [InlineData(float.NaN)]
    public void Slopes_and_scales_that_backward_could_not_undo_are_refused(float wrong)
    {
        Assert.Equal(wrong, Assert.Throws<ArgumentOutOfRangeException>("negativeSlope", () => new LeakyReLUOperator(wrong)).ActualValue);
        Assert.Equal(wrong, Assert.Throws<ArgumentOutOfRangeException>("alpha", () => new ELUOperator(wrong)).ActualValue);
        Assert.Throws<ArgumentOutOfRangeException>("alpha", () => new ELUOperator(0));
    }
}
