using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class FusedNormalizationTests
{
    private const float Epsilon = 1e-3f;

    public static TheoryData<int, int, int> Sizes => new() { { 5, 3, 1 }, { 9, 37, 1 }, { 3, 2, 7 }, { 2, 5, 64 }, { 4, 3, 49 }, { 1, 2, 33 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void One_pass_has_the_bits_of_normalisation_and_ReLU(int batch, int channels, int area) =>
        HasTheBitsOfTwo(batch, channels, area, default(ReLUOperator));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void One_pass_has_the_bits_of_normalisation_and_leaky_ReLU(int batch, int channels, int area) =>
        HasTheBitsOfTwo(batch, channels, area, new LeakyReLUOperator(0.3f));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void One_pass_has_the_bits_of_normalisation_and_activation_of_a_sum(int batch, int channels, int area)
    {
        int length = batch * channels * area;
        float[] x = Draws.Normal(length, stream: 1), addend = Draws.Normal(length, stream: 2), expected = new float[length], actual = new float[length];
        float[] gamma = Draws.Normal(channels, stream: 3), beta = Draws.Normal(channels, stream: 4), mean = new float[channels], variance = new float[channels];
        LeakyReLUOperator activation = new(0.3f);

        BatchNormalization.Forward(x, gamma, beta, batch, channels, area, Epsilon, expected, mean, variance);
        Loops.Zip(new ActivationOfSum<LeakyReLUOperator>(activation), expected, addend, expected);
        BatchNormalization.Forward(x, gamma, beta, batch, channels, area, Epsilon, activation, actual, mean, variance, addend);

        Assert.Equal(Widths.Bits(expected), Widths.Bits(actual));
    }

    /// <summary>Others would need what they gave, or fall apart in the width of a strip.</summary>
    [Fact]
    public void Only_ReLU_and_its_leaky_form_are_taken_in()
    {
        Assert.Equal(["BatchNorm(3)"], Stages(new ReLU()));
        Assert.Equal(["BatchNorm(3)"], Stages(new LeakyReLU()));
        Assert.Equal(["BatchNorm(3)", "Tanh(3)"], Stages(new Tanh()));
        Assert.Equal(["BatchNorm(3)", "HardSigmoid(3)"], Stages(new HardSigmoid()));
        Assert.Equal(["BatchNorm(3)", "GELU(3)"], Stages(new GELU()));

        static IEnumerable<string> Stages(Activation activation) => new Network(Shape.Vector(3), new BatchNorm(), activation)
            .StagesOf(training: true).Select(stage => stage.ToString());
    }

    /// <summary>x̂ is below 4, γ and dOutput too, 1/√(variance + ε) below 4 with so many values: as without ReLU.</summary>
    [Theory]
    [InlineData(7, 5)]
    [InlineData(2, 3, 2, 4)]
    public void Outputs_and_gradients_are_those_of_their_form_in_double(int samples, params int[] shape) =>
        new SingleLayer(new Residual(new BatchNorm(), new ReLU()), new Shape(shape), samples)
            .FollowsItsShadow((samples * new Shape(shape).Length) + 16, 4 * 4 * 4 * 4);

    private static void HasTheBitsOfTwo<TActivation>(int batch, int channels, int area, TActivation activation)
        where TActivation : struct, IActivation
    {
        int length = batch * channels * area;
        float[] x = Draws.Normal(length, stream: 1), dOutput = Draws.Normal(length, stream: 2);
        float[] gamma = Draws.Normal(channels, stream: 3), beta = Draws.Normal(channels, stream: 4);
        float[] mean = new float[channels], variance = new float[channels], sameMean = new float[channels], sameVariance = new float[channels];
        float[] expected = new float[length], actual = new float[length], predicted = new float[length];

        BatchNormalization.Forward(x, gamma, beta, batch, channels, area, Epsilon, expected, mean, variance);
        Loops.Map(activation, expected, expected);
        BatchNormalization.Forward(x, gamma, beta, batch, channels, area, Epsilon, activation, actual, sameMean, sameVariance);
        BatchNormalization.Normalize(x, mean, variance, gamma, beta, batch, channels, area, Epsilon, activation, predicted);

        Assert.Equal(Widths.Bits(expected), Widths.Bits(actual));
        Assert.Equal(Widths.Bits(expected), Widths.Bits(predicted));
        Assert.Equal(Widths.Bits(mean), Widths.Bits(sameMean));
        Assert.Equal(Widths.Bits(variance), Widths.Bits(sameVariance));

        float[] passed = new float[length], dInput = new float[length], sameInput = new float[length];
        float[] dGamma = new float[channels], dBeta = new float[channels], sameGamma = new float[channels], sameBeta = new float[channels];
        ActivationBackward<TActivation> gate = new(activation);
        Loops.Zip(gate, expected, dOutput, passed);
        BatchNormalization.Backward(x, mean, variance, gamma, passed, batch, channels, area, Epsilon, dInput, dGamma, dBeta);
        BatchNormalization.Backward(
            x, mean, variance, gamma, beta, dOutput, batch, channels, area, Epsilon, gate, sameInput, sameGamma, sameBeta);

        Assert.Equal(Widths.Bits(dInput), Widths.Bits(sameInput));
        Assert.Equal(Widths.Bits(dGamma), Widths.Bits(sameGamma));
        Assert.Equal(Widths.Bits(dBeta), Widths.Bits(sameBeta));
    }
}
