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
    [InlineData(nameof(Initializer.HeNormal), true)]
    [InlineData(nameof(Initializer.HeUniform), true)]
    [InlineData(nameof(Initializer.LeCunNormal), false)]
    [InlineData(nameof(Initializer.LeCunUniform), false)]
    [InlineData(nameof(Initializer.GlorotNormal), false)]
    [InlineData(nameof(Initializer.GlorotUniform), false)]
    public void The_right_one_keeps_the_signal_within_a_factor_of_2(string name, bool isRectified) =>
        Assert.All(Signals(Named(name), Width, isRectified), square => Assert.InRange(square, 0.5, 2));

    /// <summary>Each ReLU halves it, or each layer doubles it.</summary>
    [Theory]
    [InlineData(nameof(Initializer.GlorotNormal), true, -Depth)]
    [InlineData(nameof(Initializer.LeCunUniform), true, -Depth)]
    [InlineData(nameof(Initializer.HeNormal), false, Depth)]
    public void The_wrong_one_makes_it_vanish_or_explode(string name, bool isRectified, int logarithm) =>
        Assert.InRange(Math.Log2(Signals(Named(name), Width, isRectified)[^1]), logarithm - 1, logarithm + 1);

    [Fact]
    public void Orthogonal_layers_keep_it_but_for_rounding() =>
        Assert.All(Signals(Initializer.Orthogonal(), width: 64, isRectified: false), square => Assert.InRange(square, 0.99999, 1.00001));

    private static Initializer Named(string name) => (Initializer)typeof(Initializer).GetProperty(name)!.GetValue(null)!;

    /// <summary>The mean square after each layer, over that of the inputs.</summary>
    private static double[] Signals(Initializer initializer, int width, bool isRectified)
    {
        const int Samples = 4;
        float[] x = Draws.Normal(Samples * width, stream: 1), y = new float[x.Length], weight = new float[width * width];
        double first = LoopsReference.SumOfSquares(x);
        double[] signals = new double[Depth];
        for (int layer = 0; layer < Depth; layer++)
        {
            initializer.Fill(weight, new Shape(width, width), seed: 1, parameter: layer);
            Gemm.Multiply(1, new ReadOnlyMatrix(x, Samples, width), new ReadOnlyMatrix(weight, width, width).Transposed, 0, new Matrix(y, Samples, width));
            x = isRectified ? Array.ConvertAll(y, value => Math.Max(0, value)) : [.. y];
            signals[layer] = LoopsReference.SumOfSquares(x) / first;
        }

        return signals;
    }
}
