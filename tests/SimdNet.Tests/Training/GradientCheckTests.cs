using SimdNet.Layers;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public sealed partial class GradientCheckTests
{
    private const int Sizes = 8;

    /// <summary>ε of normalisations: with 1/16 nothing is multiplied by more than 4, whatever is drawn.</summary>
    private const float Epsilon = 1 / 16f;

    /// <summary>The layers of each kind, at the places that differ: first, behind a product that may take it in, on vectors, on images.</summary>
    private static readonly Dictionary<string, Case[]> s_layers = new(Activations(
        new ELU(1.5f), new GELU(), new GELUTanh(), new HardSigmoid(), new LeakyReLU(0.25f), new ReLU(), new SELU(), new SiLU(), new Sigmoid(),
        new Softplus(), new Tanh()))
    {
        [nameof(AveragePool2D)] = [Images(new AveragePool2D(2)), Images(new AveragePool2D(3, stride: 1, padding: 1, countPadding: false))],
        [nameof(BatchNorm)] = [Vectors(new Dense(3), new BatchNorm(epsilon: Epsilon)), Images(new BatchNorm(epsilon: Epsilon))],
        [nameof(Conv2D)] =
        [
            Images(new Conv2D(4, kernel: 2, padding: 1), new ReLU()),
            Images(new Conv2D(4, kernel: 1), new Conv2D(2, kernel: 2, stride: 2, padding: 1, dilation: 2, groups: 2, bias: false)),
            Images(new Conv2D(2, kernel: 1), new Conv2D(2, kernel: 3, padding: 1, groups: 2)),
        ],
        [nameof(ConvTranspose2D)] =
        [
            Images(new ConvTranspose2D(2, kernel: 3, stride: 2, padding: 1, outputPadding: 1), new Tanh()),
            Images(new Conv2D(2, kernel: 1), new ConvTranspose2D(4, kernel: 2, groups: 2, bias: false)),
        ],
        [nameof(Dense)] = [Vectors(new Dense(1)), Vectors(new Dense(9), new Dense(4))],
        [nameof(Dropout)] = [Vectors(new Dropout()), Vectors(new Dense(5), new Tanh(), new Dropout(0.25f)), Images(new Dropout(0.75f))],
        [nameof(Flatten)] = [Images(new Flatten())],
        [nameof(GlobalAveragePool2D)] = [Images(new GlobalAveragePool2D())],
        [nameof(LayerNorm)] = [Vectors(new Dense(3), new LayerNorm(Epsilon)), Images(new LayerNorm(Epsilon))],
        [nameof(LogSoftmax)] = [Vectors(new LogSoftmax()), Vectors(new Dense(3), new LogSoftmax())],
        [nameof(MaxPool2D)] = [Images(new MaxPool2D(2)), Images(new MaxPool2D(3, stride: 1, padding: 1))],
        [nameof(Padding2D)] = [Images(new Padding2D(1, 0, 2, 1))],
        [nameof(Residual)] =
        [
            Vectors(new Dense(4), new Residual(new Tanh(), new Dense(4))),
            Vectors(new Residual(new Dense(3), new ReLU(), new Dense(4)) { Shortcut = [new Dense(4)] }, new Tanh()),
            Images(new Residual(new BatchNorm(epsilon: Epsilon), new Dropout())),
        ],
        [nameof(Softmax)] = [Vectors(new Softmax()), Vectors(new Dense(3), new Softmax())],
        [nameof(Upsample)] = [Images(new Upsample(2))],
    };

    private static readonly float[] s_targets = [-1.5f, -0.25f, 0, 1, 2];

    public static TheoryData<string> LayerKinds => [.. s_layers.Keys];

    [Fact]
    public void Every_layer_is_here() => Assert.Equal(KindsOf<Layer>(), s_layers.Keys.Order());

    [Theory]
    [MemberData(nameof(LayerKinds))]
    public void The_gradients_of_a_layer_are_right(string kind)
    {
        foreach (Case place in s_layers[kind])
        {
            GradientSize.Check(Sizes, size =>
            {
                GradientProblem problem = new(size, [.. place.Layers, new Flatten(), new Dense(2)], place.OfImages);
                AssertRight(problem, problem.Run(new MeanSquaredError(), s_targets));
            });
        }
    }

    private static IEnumerable<KeyValuePair<string, Case[]>> Activations(params Activation[] activations) => activations.Select(
        activation => KeyValuePair.Create<string, Case[]>(activation.Kind, [Vectors(activation), Vectors(new Dense(5), activation)]));

    private static Case Vectors(params Layer[] layers) => new(layers, OfImages: false);

    private static Case Images(params Layer[] layers) => new(layers, OfImages: true);

    private static IEnumerable<string> KindsOf<T>() =>
        typeof(T).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract).Select(type => type.Name).Order();

    /// <summary>
    /// Terms are of the order of 1 or of the largest derivative; and no layer makes an error more than 4 times as large: inputs are below 4,
    /// slopes below 2, weights at most 1, and normalisations multiply by at most 4.
    /// </summary>
    private static void AssertRight(GradientProblem problem, GradientCheckResult worst)
    {
        double distance = Math.Abs(worst.Gradient - worst.Difference), largest = distance == 0 ? 0 : distance / worst.Error;
        Assert.True(distance <= 4 * Tolerance.Gamma(problem.Roundings) * Math.Max(1, largest), $"{problem.Network}: {worst}");
    }

    private sealed record Case(Layer[] Layers, bool OfImages);
}
