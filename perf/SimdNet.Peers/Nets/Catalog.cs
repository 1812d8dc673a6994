using SimdNet.Memory;

namespace SimdNet.Peers.Nets;

/// <summary>The networks that have names.</summary>
internal static class Catalog
{
    /// <summary>The networks whose name says it all.</summary>
    public static IReadOnlyDictionary<string, Func<Net>> Named { get; } = new Dictionary<string, Func<Net>>
    {
        ["cnn"] = Convolutional,
        ["lenet"] = LeNet5,
        ["resnet"] = ResNet20,
    };

    /// <summary>Cases of training and of prediction: networks that differ in where their time goes.</summary>
    public static IReadOnlyList<string> CommonCases { get; } =
    [
        "mlp 784-512-512-10 batch 1", "mlp 784-512-512-10 batch 64", "mlp 784-512-512-10 batch 256", "mlp 784-512-128-10 batch 128",
        "mlp 64-256-256-8 batch 1", "mlp 64-256-256-8 batch 32", "mlp 64-256-256-8 batch 1024",
        "cnn batch 64", "cnn batch 256", "lenet batch 64", "resnet batch 32",
    ];

    /// <summary>Dense layers with a ReLU between them.</summary>
    /// <param name="units">Inputs, the units of each hidden layer, outputs.</param>
    public static Net Perceptron(int[] units) => new(
        Shape.Vector(units[0]),
        new Sequence([.. units[1..^1].SelectMany(hidden => (Part[])[new DensePart(hidden), new ReLUPart()]), new DensePart(units[^1])]));

    private static Net Convolutional() => new(Shape.Image(1, 28, 28), new Sequence(
        new ConvolutionPart(32, 3), new ReLUPart(), new ConvolutionPart(64, 3), new ReLUPart(), new PoolingPart(2), new DropoutPart(0.25f),
        new FlattenPart(), new DensePart(128), new ReLUPart(), new DropoutPart(0.5f), new DensePart(10)));

    /// <summary>LeCun et al., Gradient-based learning applied to document recognition (1998); every map sees all before it.</summary>
    private static Net LeNet5() => new(Shape.Image(1, 28, 28), new Sequence(
        new ConvolutionPart(6, 5, Padding: 2), new TanhPart(), new PoolingPart(2, Average: true),
        new ConvolutionPart(16, 5), new TanhPart(), new PoolingPart(2, Average: true),
        new FlattenPart(), new DensePart(120), new TanhPart(), new DensePart(84), new TanhPart(), new DensePart(10)));

    /// <summary>He et al., Deep residual learning for image recognition (2016), section 4.2, n = 3.</summary>
    private static Net ResNet20() => new(Shape.Image(3, 32, 32), new Sequence(
        [
            .. Normalized(new ConvolutionPart(16, 3, Padding: 1, Bias: false)), new ReLUPart(),
            .. Block(16), .. Block(16), .. Block(16),
            .. Block(32, stride: 2), .. Block(32), .. Block(32),
            .. Block(64, stride: 2), .. Block(64), .. Block(64),
            new GlobalAveragePart(), new DensePart(10),
        ]));

    /// <summary>Two convolutions and a way around them; where they shrink the image, it is a convolution too.</summary>
    private static Part[] Block(int channels, int stride = 1)
    {
        Part[] body =
        [
            .. Normalized(new ConvolutionPart(channels, 3, stride, 1, Bias: false)), new ReLUPart(),
            .. Normalized(new ConvolutionPart(channels, 3, 1, 1, Bias: false)),
        ];
        Part[] shortcut = stride == 1 ? [] : Normalized(new ConvolutionPart(channels, 1, stride, Bias: false));
        return [new ResidualPart(new(body), new(shortcut)), new ReLUPart()];
    }

    private static Part[] Normalized(ConvolutionPart convolution) => [convolution, new BatchNormPart()];
}
