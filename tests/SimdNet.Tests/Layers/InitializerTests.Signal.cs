using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Layers;

/// <content>What an initialiser is for: the mean square of the signal after each of 20 layers.</content>
public partial class InitializerTests
{
    private const int Depth = 20, Width = 512;

    /// <summary>
    /// By chance one layer of D neurons changes the mean square by a factor of deviation √(2/D) if it is linear, √(5/D) with a ReLU: 0.3 and
    /// 0.4 in the logarithm after 20 layers. Orthogonal layers change nothing.
    /// </summary>
    [Theory]
    [InlineData(nameof(Initializer.HeNormal), nameof(ReLU))]
    [InlineData(nameof(Initializer.HeUniform), nameof(ReLU))]
    [InlineData(nameof(Initializer.LeCunNormal), "")]
    [InlineData(nameof(Initializer.LeCunUniform), "")]
    [InlineData(nameof(Initializer.LeCunNormal), nameof(SELU))]
    [InlineData(nameof(Initializer.GlorotNormal), "")]
    [InlineData(nameof(Initializer.GlorotUniform), "")]
    [InlineData(nameof(Initializer.GlorotNormal), nameof(Tanh))]
    [InlineData(nameof(Initializer.GlorotUniform), nameof(Tanh))]
    [InlineData(nameof(Initializer.GlorotNormal), nameof(Sigmoid))]
    [InlineData(nameof(Initializer.GlorotUniform), nameof(Sigmoid))]
    public void The_right_one_keeps_the_signal_within_a_factor_of_2(string name, string activation) =>
        Assert.All(Signals(Named(name), Width, activation), square => Assert.InRange(square, 0.5, 2));

    /// <summary>Each ReLU halves it, or each layer doubles it.</summary>
    [Theory]
    [InlineData(nameof(Initializer.GlorotNormal), nameof(ReLU), -Depth)]
    [InlineData(nameof(Initializer.LeCunUniform), nameof(ReLU), -Depth)]
    [InlineData(nameof(Initializer.HeNormal), "", Depth)]
    public void The_wrong_one_makes_it_vanish_or_explode(string name, string activation, int logarithm) =>
        Assert.InRange(Math.Log2(Signals(Named(name), Width, activation)[^1]), logarithm - 1, logarithm + 1);

    /// <summary>Twice the variance doubles the signal until the function is saturated; a quarter of it leaves a quarter after each layer.</summary>
    [Theory]
    [InlineData(nameof(Tanh))]
    [InlineData(nameof(Sigmoid))]
    public void The_wrong_one_saturates_what_is_bounded_or_makes_it_vanish(string activation)
    {
        Assert.InRange(Signals(Initializer.HeNormal, Width, activation)[^1], 16, 256); // tanh is bounded by 1, the sigmoid as counted by 2
        Assert.InRange(Math.Log2(Signals(Initializer.Orthogonal(0.5f), width: 64, activation)[^1]), -(2 * Depth) - 1, -(2 * Depth) + 1);
    }

    [Fact]
    public void Orthogonal_layers_keep_it_but_for_rounding() =>
        Assert.All(Signals(Initializer.Orthogonal(), width: 64, ""), square => Assert.InRange(square, 0.99999, 1.00001));

    private static Initializer Named(string name) => (Initializer)typeof(Initializer).GetProperty(name)!.GetValue(null)!;

    /// <summary>
    /// The mean square q after each layer, over that of the inputs. What saturates begins at q = 1/64, where it is nearly linear: tanh takes
    /// 2q² from it.
    /// </summary>
    private static double[] Signals(Initializer initializer, int width, string activation)
    {
        const int Samples = 4;
        float[] x = Draws.Normal(Samples * width, stream: 1, deviation: activation is nameof(Tanh) or nameof(Sigmoid) ? 1 / 8f : 1);
        float[] y = new float[x.Length], weight = new float[width * width];
        double first = LoopsReference.SumOfSquares(x);
        double[] signals = new double[Depth];
        for (int layer = 0; layer < Depth; layer++)
        {
            initializer.Fill(weight, new Shape(width, width), seed: 1, parameter: layer);
            Gemm.Multiply(1, new ReadOnlyMatrix(x, Samples, width), new ReadOnlyMatrix(weight, width, width).Transposed, 0, new Matrix(y, Samples, width));
            x = activation.Length == 0 ? [.. y] : ActivationCase.All[activation].Forward(y);
            if (activation == nameof(Sigmoid))
            {
                x = Array.ConvertAll(x, Centred);
            }

            signals[layer] = LoopsReference.SumOfSquares(x) / first;
        }

        return signals;
    }

    /// <summary>
    /// A sigmoid is ½ + x/4 around 0: the ½ is a bias to the next layer, and no initializer gives back the ¼, which costs a factor of 16 per
    /// layer. So its signal is counted from the middle and by that slope: <c>4(σ(x) - ½) = 2·tanh(x/2)</c>.
    /// </summary>
    private static float Centred(float sigmoid) => 4 * (sigmoid - 0.5f);
}
