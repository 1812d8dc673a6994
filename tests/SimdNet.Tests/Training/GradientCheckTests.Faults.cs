using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

/// <content>What is wrong is found and named; what cannot be checked is refused.</content>
public sealed partial class GradientCheckTests
{
    private static readonly Shape s_three = Shape.Vector(3);

    [Fact]
    public void A_wrong_derivative_of_a_parameter_is_named_with_both_numbers()
    {
        GradientCheckResult worst = Check(new Dense(4), new Crooked { OfWeight = 1.25f }, new Dense(2));

        Assert.Equal(("1.weight", Crooked.Place), (worst.Parameter, worst.Index));
        Assert.Equal(1.25, worst.Gradient / worst.Difference, precision: 4);
        Assert.InRange(worst.Error, 0.01, 0.25);
        Assert.Equal(
            $"1.weight[2]: gradient {worst.Gradient:G6}, difference {worst.Difference:G6}, {worst.Error:G3} of the largest apart", worst.ToString());
    }

    [Fact]
    public void A_wrong_derivative_of_an_input_is_named()
    {
        GradientCheckResult worst = Check(new Crooked { OfInput = 0.5f }, new Dense(2));
        Assert.Equal("input", worst.Parameter);
        Assert.Equal(Crooked.Place, worst.Index % s_three.Length);
        Assert.Equal(0.5, worst.Gradient / worst.Difference, precision: 4);
    }

    [Fact]
    public void What_is_no_number_is_worst_of_all()
    {
        GradientCheckResult worst = Check(new Dense(4), new Crooked { OfWeight = float.NaN }, new Dense(2));
        Assert.Equal(("1.weight", Crooked.Place, double.PositiveInfinity), (worst.Parameter, worst.Index, worst.Error));
        Assert.Equal(double.NaN, worst.Gradient);
    }

    [Fact]
    public void The_network_is_not_changed()
    {
        Network network = new(s_three, new Dense(4), new BatchNorm(), new Dense(2));
        float[] before = network.ParameterSpan.ToArray();
        long version = network.Version;
        GradientCheck.Run(network, new SoftmaxCrossEntropy(), [1, 2, 3, 4, 5, 7], [0, 1]);
        Assert.Equal(before, network.ParameterSpan.ToArray());
        Assert.Equal(version, network.Version);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Network network = new(s_three, new Dense(2));
        Assert.Throws<ArgumentOutOfRangeException>("labels.Length", () => GradientCheck.Run(network, new SoftmaxCrossEntropy(), [], (int[])[]));
        Refuses("Network(3 → 2): 'inputs' holds 2.5 values per sample", () => GradientCheck.Run(network, new SoftmaxCrossEntropy(), new float[5], [0, 1]));
        Refuses("'labels[1]' is 2, expected 0 to 1", () => GradientCheck.Run(network, new SoftmaxCrossEntropy(), new float[6], [0, 2]));
        Refuses("Network(3 → 2): 'inputs' holds 5 values", () => GradientCheck.Run(network, new MeanSquaredError(), new float[5], [0f, 1]));
        Refuses("Network(3 → 2): 'targets' holds 1.5 values per sample", () => GradientCheck.Run(network, new MeanSquaredError(), new float[6], [0f, 1, 2]));
        Refuses("'labels'", () => GradientCheck.Run(network, new MeanSquaredError(), new float[6], [0, 1]));
    }

    [Fact]
    public void A_layer_without_a_form_in_double_precision_is_named()
    {
        Network network = new(s_three, new Silent(), new Dense(2));
        string message = Assert.Throws<NotSupportedException>(() => GradientCheck.Run(network, new MeanSquaredError(), [1, 2, 3], [0f, 1])).Message;
        Assert.Contains("Silent(3)", message, StringComparison.Ordinal);
    }

    private static GradientCheckResult Check(params Layer[] layers) => GradientCheck.Run(
        new Network(s_three, layers), new MeanSquaredError(), Draws.Normal(4 * s_three.Length, stream: 1), Draws.Normal(4 * 2, stream: 2));

    private static void Refuses(string message, Action action) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    /// <summary>w·x, value by value; of one place the derivatives come out too large or too small.</summary>
    private sealed class Crooked : Layer
    {
        public const int Place = 2;

        public float OfWeight { get; init; } = 1;

        public float OfInput { get; init; } = 1;

        protected internal override Shape OutputShape(Shape input) => input;

        protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input) => [new("weight", input, Initializer.Constant(1.5f))];

        protected internal override void Forward(in ForwardPass pass)
        {
            for (int i = 0; i < pass.Input.Length; i++)
            {
                pass.Output[i] = pass.Input[i] * pass.Parameter(0)[i % pass.Stage.Input.Length];
            }
        }

        protected internal override void Backward(in BackwardPass pass)
        {
            int features = pass.Stage.Input.Length;
            pass.Gradient(0).Clear();
            for (int i = 0; i < pass.Input.Length; i++)
            {
                pass.Gradient(0)[i % features] += pass.DOutput[i] * pass.Input[i] * (i % features == Place ? OfWeight : 1);
                pass.DInput[i] = pass.DOutput[i] * pass.Parameter(0)[i % features] * (i % features == Place ? OfInput : 1);
            }
        }

        protected internal override void Shadow(in ShadowPass pass)
        {
            for (int i = 0; i < pass.Input.Length; i++)
            {
                pass.Output[i] = pass.Input[i] * pass.Parameter(0)[i % pass.Stage.Input.Length];
            }
        }
    }

    private sealed class Silent : Layer
    {
        protected internal override Shape OutputShape(Shape input) => input;

        protected internal override void Forward(in ForwardPass pass) => pass.Input.CopyTo(pass.Output);

        protected internal override void Backward(in BackwardPass pass) => pass.DOutput.CopyTo(pass.DInput);
    }
}
