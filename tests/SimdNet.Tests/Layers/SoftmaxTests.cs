using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

public class SoftmaxTests
{
    [Fact]
    public void A_network_applies_them_to_each_sample()
    {
        float[] x = Draws.Normal(6, stream: 1), y = new float[6], log = new float[6];
        SoftmaxRows.Forward(x, 3, y);
        SoftmaxRows.LogForward(x, 3, log);

        Assert.Equal(y, new Network(Shape.Vector(3), new Softmax()).CreatePredictor(2).Predict(x).ToArray());
        Assert.Equal(log, new Network(Shape.Vector(3), new LogSoftmax()).CreatePredictor(2).Predict(x).ToArray());
    }

    [Fact]
    public void The_way_back_goes_through_the_outputs()
    {
        float[] x = Draws.Normal(6, stream: 2), dOutput = Draws.Normal(6, stream: 3), y = new float[6], expected = new float[6];
        SoftmaxRows.Forward(x, 3, y);
        SoftmaxRows.Backward(y, dOutput, 3, expected);
        Assert.Equal(expected, Backward(new Softmax(), x, y, dOutput));
        SoftmaxRows.LogForward(x, 3, y);
        SoftmaxRows.LogBackward(y, dOutput, 3, expected);
        Assert.Equal(expected, Backward(new LogSoftmax(), x, y, dOutput));
    }

    [Fact]
    public void Their_shadows_are_the_reference()
    {
        float[] x = Draws.Normal(6, stream: 4);
        Assert.Equal(SoftmaxRowsReference.Forward(x, 3), Shadow(new Softmax(), x));
        Assert.Equal(SoftmaxRowsReference.LogForward(x, 3), Shadow(new LogSoftmax(), x));
    }

    [Fact]
    public void What_is_not_a_vector_is_refused() => Assert.StartsWith(
        "Softmax(1 × 2 × 3): 'input' has the shape 1 × 2 × 3, expected one dimension",
        Assert.Throws<ArgumentException>(() => new Network(Shape.Image(1, 2, 3), new Softmax())).Message,
        StringComparison.Ordinal);

    private static float[] Backward(Layer layer, float[] x, float[] y, float[] dOutput)
    {
        float[] dInput = new float[x.Length];
        layer.Backward(new BackwardPass { Stage = Place(layer), Samples = 2, Input = x, Output = y, DOutput = dOutput, DInput = dInput });
        layer.Backward(new BackwardPass { Stage = Place(layer), Samples = 2, Input = x, Output = y, DOutput = dOutput }); // nobody wants it
        return dInput;
    }

    private static double[] Shadow(Layer layer, float[] x)
    {
        double[] y = new double[x.Length];
        layer.Shadow(new ShadowPass { Stage = Place(layer), Samples = 2, Input = Array.ConvertAll(x, value => (double)value), Output = y });
        return y;
    }

    private static Stage Place(Layer layer) => new(layer, Shape.Vector(3), Shape.Vector(3), [], key: 1);
}
