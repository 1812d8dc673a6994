using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

[Collection(nameof(Alone))]
public class FusedPoolingTests
{
    private const int Samples = 5, Channels = 8;

    public static TheoryData<int, Layer[]> Products => new()
    {
        { 24, [new Conv2D(16, kernel: 3, padding: 1), new ReLU()] },
        { 25, [new Conv2D(16, kernel: 3, padding: 1), new BatchNorm(), new Tanh()] },
        { 13, [new Conv2D(9, kernel: 3, padding: 1)] },
        { 7, [new Conv2D(16, kernel: 3, groups: 2, algorithm: ConvolutionAlgorithm.Winograd), new BatchNorm(), new ReLU()] },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void A_convolution_and_its_pooling_are_one_pass_in_prediction(int size, Layer[] layers)
    {
        Shape input = Shape.Image(Channels, size, size);
        Network network = new(input, seed: 1, [.. layers, new MaxPool2D(2)]), separate = new(input, seed: 1, layers);
        float[] inputs = Draws.Normal(Samples * input.Length, stream: 1);
        PoolingShape shape = new(Samples, separate.Output, new(2, 2), new(2, 2));
        float[] expected = new float[shape.OutputLength];
        Pooling.MaxForward(separate.CreatePredictor(Samples).Predict(inputs), expected, shape);

        Predictor predictor = network.CreatePredictor(Samples);
        float[] actual = predictor.Predict(inputs).ToArray();

        Assert.Equal(Widths.Bits(expected), Widths.Bits(actual));
        Assert.EndsWith(" + MaxPool2D(2)", Assert.Single(network.StagesOf(training: false)).PassName, StringComparison.Ordinal);
        Assert.Contains(network.StagesOf(training: true), stage => stage.Layer is MaxPool2D);
        Assert.Equal(Widths.Bits(actual.AsSpan(0, network.Output.Length)), Widths.Bits(predictor.Predict(inputs.AsSpan(0, input.Length))));
        Allocations.None(() => predictor.Predict(inputs));
    }

    [Fact]
    public void Other_poolings_and_those_of_other_products_stand_alone()
    {
        Conv2D taken = new(16, kernel: 3), direct = new(16, kernel: 1);
        foreach (Layer[] layers in (Layer[][])
            [[taken, new MaxPool2D(3)], [taken, new MaxPool2D(2, stride: 1)], [taken, new MaxPool2D(2, padding: 1)], [taken, new AveragePool2D(2)], [direct, new MaxPool2D(2)]])
        {
            Assert.Equal(2, new Network(Shape.Image(Channels, 12, 12), layers).StagesOf(training: false).Length);
        }
    }

    [Fact]
    public void Packed_weights_follow_the_parameters()
    {
        Network network = new(Shape.Image(Channels, 26, 26), new Conv2D(8, kernel: 3), new MaxPool2D(2));
        Predictor predictor = network.CreatePredictor(1);
        float[] inputs = Draws.Normal(network.Input.Length, stream: 1);
        Assert.NotEqual(0, predictor.Predict(inputs)[0]);

        network.SetParameter("0.weight", new float[network.Parameters[0].Length]);

        Assert.All(predictor.Predict(inputs).ToArray(), value => Assert.Equal(0, value));
    }
}
