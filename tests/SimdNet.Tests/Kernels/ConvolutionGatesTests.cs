using SimdNet.Kernels;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class ConvolutionGatesTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 33)]
    [InlineData(7, 65, 676)]
    public void Gate_and_bias_have_the_bits_of_two_passes_on_any_number_of_threads(int batch, int channels, int area)
    {
        int length = batch * channels * area;
        float[] output = Draws.Normal(length, stream: 1), dOutput = Draws.Normal(length, stream: 2), expected = [.. dOutput], expectedBias = new float[channels];
        ActivationBackward<TanhOperator> gate = new(default);
        Elementwise.Zip(gate, output, expected, expected);
        Reductions.ChannelSums(expected, batch, channels, area, expectedBias);
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] actual = [.. dOutput], bias = new float[channels];
            Convolution.BackwardGateAndBias(gate, output, actual, batch, channels, area, bias);
            Assert.Equal(Widths.Bits(expected), Widths.Bits(actual));
            Assert.Equal(Widths.Bits(expectedBias), Widths.Bits(bias));
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused_and_nothing_is_written()
    {
        ActivationBackward<TanhOperator> gate = new(default);
        float[] values = new float[24], gradients = [.. Enumerable.Repeat(7f, 24)], bias = [7, 7, 7];
        Assert.Throws<ArgumentException>("output", () => Convolution.BackwardGateAndBias(gate, values, gradients, 2, 3, 5, bias));
        Assert.Throws<ArgumentException>("dOutput", () => Convolution.BackwardGateAndBias(gate, values, gradients.AsSpan(1), 2, 3, 4, bias));
        Assert.Throws<ArgumentException>("dBias", () => Convolution.BackwardGateAndBias(gate, values, gradients, 2, 3, 4, bias.AsSpan(1)));
        Assert.All([.. gradients, .. bias], value => Assert.Equal(7, value));
    }
}
