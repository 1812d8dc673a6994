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

    /// <summary>In the tiles of a pass, and in slices: all images, one after the other, four and one.</summary>
    public static TheoryData<int, Layer[], MaxPool2D> Products => new()
    {
        { 24, [new Conv2D(16, kernel: 3, padding: 1), new ReLU()], new(2) },
        { 25, [new Conv2D(16, kernel: 3, padding: 1), new BatchNorm(), new Tanh()], new(2) },
        { 13, [new Conv2D(9, kernel: 3, padding: 1)], new(2) },
        { 7, [new Conv2D(16, kernel: 3, groups: 2, algorithm: ConvolutionAlgorithm.Winograd), new BatchNorm(), new ReLU()], new(2) },
        { 14, [new Conv2D(6, kernel: 5), new ReLU()], new(2) },
        { 9, [new Conv2D(6, kernel: 1), new BatchNorm(), new Tanh()], new(3, stride: 1, padding: 1) },
        { 60, [new Conv2D(40, kernel: 1)], new(2) },
        { 121, [new Conv2D(16, kernel: 5, stride: 2, padding: 2), new ReLU()], new(3, stride: 2, padding: 1) },
        { 21, [new Conv2D(8, kernel: 3, padding: 1, groups: 8), new ReLU()], new(new(2, 2), new(3, 1)) },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void A_convolution_and_its_pooling_are_one_pass_in_prediction(int size, Layer[] layers, MaxPool2D pooling)
    {
        ArgumentNullException.ThrowIfNull(pooling);
        Shape input = Shape.Image(Channels, size, size);
        Network network = new(input, seed: 1, [.. layers, pooling]), separate = new(input, seed: 1, layers);
        float[] inputs = Draws.Normal(Samples * input.Length, stream: 1);
        PoolingShape shape = new(Samples, separate.Output, pooling.Vertical, pooling.Horizontal);
        float[] expected = new float[shape.OutputLength];
        Pooling.MaxForward(separate.CreatePredictor(Samples).Predict(inputs), expected, shape);

        Predictor predictor = network.CreatePredictor(Samples);
        float[] actual = predictor.Predict(inputs).ToArray();

        Assert.Equal(Widths.Bits(expected), Widths.Bits(actual));
        Assert.EndsWith($" + MaxPool2D({pooling.Vertical.Kernel})", Assert.Single(network.StagesOf(training: false)).PassName, StringComparison.Ordinal);
        Assert.Contains(network.StagesOf(training: true), stage => stage.Layer is MaxPool2D);
        Assert.Equal(Widths.Bits(actual.AsSpan(0, network.Output.Length)), Widths.Bits(predictor.Predict(inputs.AsSpan(0, input.Length))));
        Allocations.None(() => predictor.Predict(inputs));
    }

    [Fact]
    public void Other_poolings_and_those_of_other_products_stand_alone()
    {
        Conv2D tiles = new(16, kernel: 3), direct = new(16, kernel: 1), longSums = new(16, kernel: 7);
        foreach (Layer[] layers in (Layer[][])
            [
                [tiles, new MaxPool2D(3)], [tiles, new MaxPool2D(2, stride: 1)], [tiles, new MaxPool2D(2, padding: 1)], [tiles, new AveragePool2D(2)],
                [direct, new AveragePool2D(2)], [longSums, new MaxPool2D(2)],
            ])
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
