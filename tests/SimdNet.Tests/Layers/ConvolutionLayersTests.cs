using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class ConvolutionLayersTests
{
    private static readonly Shape s_image = Shape.Image(4, 7, 6);

    public static TheoryData<Layer, string, string> Layers => new()
    {
        { new Conv2D(3, kernel: 3), "3 × 5 × 4", "Conv2D(4 × 7 × 6 → 3, kernel 3)" },
        { new Conv2D(6, kernel: 2, stride: 2, padding: 1, dilation: 2, groups: 2, bias: false), "6 × 4 × 3", "Conv2D(4 × 7 × 6 → 6, kernel 2, stride 2, padding 1, dilation 2, groups 2)" },
        { new Conv2D(4, kernel: 3, padding: 1, groups: 4), "4 × 7 × 6", "Conv2D(4 × 7 × 6 → 4, kernel 3, padding 1, groups 4)" },
        { new Conv2D(3, kernel: 3, algorithm: ConvolutionAlgorithm.Direct), "3 × 5 × 4", "Conv2D(4 × 7 × 6 → 3, kernel 3)" },
        { new Conv2D(2, new WindowAxis(3, 2, 1, 0), new WindowAxis(1)), "2 × 3 × 6", "Conv2D(4 × 7 × 6 → 2, kernel (3, stride 2, padding 1 and 0) × (1))" },
        { new ConvTranspose2D(3, kernel: 3, stride: 2, padding: 1, outputPadding: 1), "3 × 14 × 12", "ConvTranspose2D(4 × 7 × 6 → 3, kernel 3, stride 2, padding 1)" },
        { new ConvTranspose2D(2, kernel: 2, groups: 2, bias: false), "2 × 8 × 7", "ConvTranspose2D(4 × 7 × 6 → 2, kernel 2, groups 2)" },
        { new ConvTranspose2D(1, new WindowAxis(2, 3), new WindowAxis(3, 1, 0, 1, 2), verticalOutputPadding: 2), "1 × 22 × 9", "ConvTranspose2D(4 × 7 × 6 → 1, kernel (2, stride 3) × (3, padding 0 and 1, dilation 2))" },
        { new AveragePool2D(2), "4 × 3 × 3", "AveragePool2D(4 × 7 × 6, kernel 2, stride 2)" },
        { new AveragePool2D(3, stride: 2, padding: 1, countPadding: false), "4 × 4 × 3", "AveragePool2D(4 × 7 × 6, kernel 3, stride 2, padding 1)" },
        { new GlobalAveragePool2D(), "4", "GlobalAveragePool2D(4 × 7 × 6)" },
        { new Padding2D(1, 2, 3, 0), "4 × 10 × 9", "Padding2D(4 × 7 × 6, padding 1, 2, 3, 0)" },
        { new Upsample(3), "4 × 21 × 18", "Upsample(4 × 7 × 6, factor 3)" },
    };

    /// <summary>Against the layer's own form in double: sums have at most 128 terms in any direction.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void Outputs_and_gradients_are_those_of_the_double_form(Layer layer, string output, string description)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Network network = new(s_image, layer);
        Assert.Equal(output, network.Output.ToString());
        Assert.Equal(description, layer.Describe(s_image));
        Assert.Equal(description, network.CreateWalk(1, training: true).Stages[0].ToString());
        LayerCheck.Run(layer, s_image, terms: 128);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_is_made_again_from_its_options(Layer layer, string output, string description)
    {
        string json = Architecture.Write(new(s_image, [layer]));
        Chain again = Architecture.Read("file", json, new Dictionary<string, Func<System.Text.Json.JsonElement, Layer>>());
        Assert.Equal(json, Architecture.Write(again));
        Assert.Equal(output, again.Output.ToString());
        Assert.Equal(description, again.Layers[0].Describe(s_image));
    }

    /// <summary>The largest of a window is no linear function, but of the inputs alone and without a rounding.</summary>
    [Fact]
    public void The_largest_of_each_window_goes_out_and_its_gradient_comes_back()
    {
        MaxPool2D layer = new(3, stride: 2, padding: 1);
        Network network = new(s_image, layer);
        Walk walk = network.CreateWalk(2, training: true);
        float[] inputs = Draws.Normal(2 * s_image.Length, stream: 1), dInputs = new float[inputs.Length];
        float[] outputs = walk.Forward(new() { Samples = 2, Training = true, Input = inputs }).ToArray();
        double[] shadow = new double[outputs.Length];
        layer.Shadow(new() { Stage = walk.Stages[0], Samples = 2, Input = Array.ConvertAll(inputs, value => (double)value), Output = shadow });
        Assert.Equal(shadow, outputs.Select(value => (double)value));

        walk.DOutput(2).Fill(1);
        walk.Backward(new() { Samples = 2, Input = inputs, DInput = dInputs });
        Assert.Equal(outputs.Length, dInputs.Sum());
        Assert.All(dInputs.Zip(inputs), pair => Assert.True(pair.First == 0 || outputs.Contains(pair.Second)));
        Assert.Equal("MaxPool2D(4 × 7 × 6, kernel 3, stride 2, padding 1)", layer.Describe(s_image));
        Assert.Equal("4 × 4 × 3", network.Output.ToString());
        string json = Architecture.Write(network.Chain);
        Assert.Equal(json, Architecture.Write(Architecture.Read("file", json, new Dictionary<string, Func<System.Text.Json.JsonElement, Layer>>())));
    }

    public static TheoryData<Layer> WithActivation => [new Conv2D(5, kernel: 3, padding: 1), new Conv2D(4, kernel: 3, groups: 4), new ConvTranspose2D(5, kernel: 3)];

    /// <summary>Taken in, or behind a view that keeps it apart: forward and every gradient have the same bits.</summary>
    [Theory]
    [MemberData(nameof(WithActivation))]
    public void An_activation_that_is_taken_in_is_that_activation(Layer layer)
    {
        Network together = new(s_image, layer, new ReLU()), apart = new(s_image, layer, new Flatten(), new ReLU());
        apart.SetParameter("0.weight", together.Parameter("0.weight"));
        float[] bias = Draws.Normal(together.Parameter("0.bias").Length, stream: 4);
        together.SetParameter("0.bias", bias);
        apart.SetParameter("0.bias", bias);
        Assert.Single(together.CreateWalk(1, training: true).Stages);
        Assert.Equal(2, apart.CreateWalk(1, training: true).Stages.Count);
        Assert.Equal(Run(apart), Run(together));

        static float[] Run(Network network)
        {
            Walk walk = network.CreateWalk(2, training: true);
            float[] inputs = Draws.Normal(2 * s_image.Length, stream: 1), gradients = new float[network.TrainedLength], dInputs = new float[inputs.Length];
            float[] outputs = walk.Forward(new() { Samples = 2, Training = true, Parameters = network.ParameterSpan, Input = inputs }).ToArray();
            Draws.Normal(outputs.Length, stream: 2).CopyTo(walk.DOutput(2));
            walk.Backward(new() { Samples = 2, Parameters = network.ParameterSpan, Gradients = gradients, Input = inputs, DInput = dInputs });
            return [.. outputs, .. gradients, .. dInputs];
        }
    }

    [Fact]
    public void Names_and_shapes_are_those_of_PyTorch()
    {
        Network network = new(s_image, new Conv2D(6, kernel: 3, groups: 2), new ReLU(), new ConvTranspose2D(4, kernel: 5, groups: 2), new Conv2D(1, 1, bias: false));
        Assert.Equal(
            ["0.weight 6 × 2 × 3 × 3", "0.bias 6", "2.weight 6 × 2 × 5 × 5", "2.bias 4", "3.weight 1 × 4 × 1 × 1"],
            network.Parameters.Select(window => $"{window.Name} {window.Shape}"));
        Assert.Equal((2 * 6 * 2 * 9 * 20) + (6 * 20), network.Layers[0].Flops(s_image));
    }

    [Fact]
    public void What_does_not_fit_its_place_is_refused_by_name_and_numbers()
    {
        Refuses(
            "Conv2D(4 × 7 × 6 → 3, kernel 9): A kernel of 9 with dilation 1 reaches over 9 positions, but there are 7: 7 with 0 and 0 of padding.",
            new Conv2D(3, 9));
        Refuses("Conv2D(4 × 7 × 6 → 6, kernel 3, groups 3): 'channels' is 4, expected a multiple of the 3 groups.", new Conv2D(6, 3, groups: 3));
        Refuses("Conv2D(4 × 7 × 6 → 5, kernel 3, groups 2): 'outChannels' is 5, expected a multiple of the 2 groups.", new Conv2D(5, 3, groups: 2));
        Refuses("Conv2D(4 × 7 × 6 → 2147483647, kernel 1): The product of 'dimensions' [2147483647, 7, 6] is beyond", new Conv2D(int.MaxValue, 1));
        Refuses("ConvTranspose2D(4 × 7 × 6 → 3, kernel 1, padding 4): 'size' is -1, expected 1 or more.", new ConvTranspose2D(3, 1, padding: 4));
        Refuses("MaxPool2D(4 × 7 × 6, kernel 2, stride 2, padding 2): 'padding' is 2, expected at most 1.", new MaxPool2D(2, padding: 2));
        Refuses("AveragePool2D(4 × 7 × 6, kernel 8, stride 8): A kernel of 8 with dilation 1 reaches over 8 positions", new AveragePool2D(8));
        Refuses("Upsample(4 × 7 × 6, factor 100000): The product of 'dimensions' [4, 700000, 600000] is beyond", new Upsample(100_000));
        Refuses("Padding2D(4 × 7 × 6, padding 2147483647, 0, 0, 0): 'padded size' is 2147483654, expected at most", new Padding2D(int.MaxValue, 0, 0, 0));
        foreach (Layer layer in (Layer[])[new Conv2D(3, 1), new ConvTranspose2D(3, 1), new MaxPool2D(1), new AveragePool2D(1), new GlobalAveragePool2D(), new Padding2D(1), new Upsample(2)])
        {
            string message = Assert.ThrowsAny<ArgumentException>(() => new Network(Shape.Vector(9), layer)).Message;
            Assert.Contains("has the shape 9, expected channels × height × width.", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_layer_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("outChannels", () => new Conv2D(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>("kernel", () => new Conv2D(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("stride", () => new Conv2D(1, 3, stride: 0));
        Assert.Throws<ArgumentOutOfRangeException>("padding", () => new Conv2D(1, 3, padding: -1));
        Assert.Throws<ArgumentOutOfRangeException>("dilation", () => new Conv2D(1, 3, dilation: 0));
        Assert.Throws<ArgumentOutOfRangeException>("groups", () => new Conv2D(1, 3, groups: 0));
        Assert.Throws<ArgumentOutOfRangeException>("outputPadding", () => new ConvTranspose2D(1, 3, stride: 2, outputPadding: 2));
        Assert.Throws<ArgumentOutOfRangeException>("stride", () => new MaxPool2D(2, stride: 0));
        Assert.Throws<ArgumentOutOfRangeException>("kernel", () => new AveragePool2D(0));
        Assert.Throws<ArgumentOutOfRangeException>("padding", () => new Padding2D(-1));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => new Upsample(0));
    }

    private static void Refuses(string message, Layer layer) => Assert.StartsWith(
        message, Assert.ThrowsAny<ArgumentException>(() => new Network(s_image, layer)).Message, StringComparison.Ordinal);
}
