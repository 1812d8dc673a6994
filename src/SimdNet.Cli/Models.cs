using System.Collections.Frozen;
using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Cli;

/// <summary>How long a network learns, and how fast.</summary>
/// <param name="Epochs">Walks through the training samples.</param>
/// <param name="BatchSize">Samples per step.</param>
/// <param name="LearningRate">Adam's η where it is highest.</param>
internal sealed record Recipe(int Epochs, int BatchSize, float LearningRate);

/// <summary>The networks that <c>train</c> knows by name. A new one has its line in the table.</summary>
internal static class Models
{
    /// <summary>The one that is taken when none is named.</summary>
    public const string Default = "cnn";

    private static readonly FrozenDictionary<string, Model> s_models = new Dictionary<string, Model>
    {
        [Default] = new(new(Epochs: 3, BatchSize: 64, LearningRate: 2e-3f), (data, _) => Convolutional(data)),
        ["lenet5"] = new(new(Epochs: 6, BatchSize: 64, LearningRate: 2e-3f), (data, _) => LeNet5(data)),
        ["mlp"] = new(new(Epochs: 6, BatchSize: 128, LearningRate: 1e-3f), Perceptron),
        ["resnet"] = new(new(Epochs: 2, BatchSize: 128, LearningRate: 2e-3f), (data, _) => ResNet20(data)),
    }.ToFrozenDictionary();

    public static string[] Names => [.. s_models.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How a model learns if nobody says otherwise.</summary>
    public static Recipe Recipe(string name) => s_models[name].Recipe;

    /// <summary>A network for the images and classes of a set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="data">What it is to learn.</param>
    /// <param name="hidden">The units of each hidden dense layer, of a model that has a choice.</param>
    /// <param name="seed">The key of its first parameters.</param>
    public static Network Create(string name, Dataset data, int[] hidden, long seed) =>
        new(ImageShape(data), seed, s_models[name].Layers(data, hidden));

    /// <summary>The shape of a set's images.</summary>
    public static Shape ImageShape(Dataset data) => Shape.Image(data.Channels, data.Height, data.Width);

    private static Layer[] Perceptron(Dataset data, int[] hidden) =>
        [new Flatten(), .. hidden.SelectMany(units => new Layer[] { new Dense(units), new ReLU() }), new Dense(data.Classes)];

    /// <summary>The network of many a first lesson: 1.2 million parameters for images of 28 × 28.</summary>
    private static Layer[] Convolutional(Dataset data) =>
    [
        new Conv2D(32, kernel: 3), new ReLU(), new Conv2D(64, kernel: 3), new ReLU(), new MaxPool2D(2), new Dropout(0.25f),
        new Flatten(), new Dense(128), new ReLU(), new Dropout(0.5f), new Dense(data.Classes),
    ];

    /// <summary>LeCun et al., Gradient-based learning applied to document recognition (1998); every map sees all before it.</summary>
    private static Layer[] LeNet5(Dataset data) =>
    [
        new Conv2D(6, kernel: 5, padding: 2), new Tanh(), new AveragePool2D(2),
        new Conv2D(16, kernel: 5), new Tanh(), new AveragePool2D(2),
        new Flatten(), new Dense(120), new Tanh(), new Dense(84), new Tanh(), new Dense(data.Classes),
    ];

    /// <summary>He et al., Deep residual learning for image recognition (2016), section 4.2, n = 3.</summary>
    private static Layer[] ResNet20(Dataset data) =>
    [
        .. Normalized(16), new ReLU(),
        .. Block(16), .. Block(16), .. Block(16),
        .. Block(32, stride: 2), .. Block(32), .. Block(32),
        .. Block(64, stride: 2), .. Block(64), .. Block(64),
        new GlobalAveragePool2D(), new Dense(data.Classes),
    ];

    /// <summary>Two convolutions and a way around them; where they shrink the image, it is a convolution too.</summary>
    private static Layer[] Block(int channels, int stride = 1) =>
    [
        new Residual([.. Normalized(channels, stride), new ReLU(), .. Normalized(channels)])
        {
            Shortcut = stride == 1 ? [] : Normalized(channels, stride, kernel: 1),
        },
        new ReLU(),
    ];

    private static Layer[] Normalized(int channels, int stride = 1, int kernel = 3) =>
        [new Conv2D(channels, kernel, stride, padding: kernel / 2, bias: false, initializer: Initializer.HeNormal), new BatchNorm()];

    private sealed record Model(Recipe Recipe, Func<Dataset, int[], Layer[]> Layers);
}
