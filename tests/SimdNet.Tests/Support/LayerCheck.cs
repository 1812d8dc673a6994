using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>
/// Holds a layer that is linear in its inputs and in its parameters against its own form in double precision: outputs, and every gradient by
/// central differences, which are then exact for any step. The same form of magnitudes gives the bounds.
/// </summary>
internal sealed class LayerCheck
{
    private const int Samples = 2;

    private readonly Network _network;
    private readonly Stage _stage;
    private readonly double[] _inputs, _parameters, _dOutput;

    private LayerCheck(Layer layer, Shape input)
    {
        _network = new(input, seed: 5, layer);
        foreach (Window window in _network.Parameters)
        {
            _network.SetParameter(window.Name, Draws.Normal(window.Length, stream: 20));
        }

        _stage = _network.CreateWalk(Samples, training: true).Stages[0];
        _inputs = Widen(Draws.Normal(Samples * input.Length, stream: 21));
        _parameters = Widen(_network.ParameterSpan);
        _dOutput = Widen(Draws.Normal(Samples * _network.Output.Length, stream: 22));
    }

    /// <param name="layer">The layer.</param>
    /// <param name="input">The shape of a sample.</param>
    /// <param name="terms">The most terms of a sum in any direction.</param>
    public static void Run(Layer layer, Shape input, int terms) => new LayerCheck(layer, input).Run(terms);

    private void Run(int terms)
    {
        Walk walk = _network.CreateWalk(Samples, training: true);
        float[] inputs = Narrow(_inputs), gradients = new float[_network.TrainedLength], dInputs = new float[inputs.Length];
        float[] outputs = walk.Forward(new() { Samples = Samples, Training = true, Parameters = _network.ParameterSpan, Input = inputs }).ToArray();
        Narrow(_dOutput).CopyTo(walk.DOutput(Samples));
        walk.Backward(new() { Samples = Samples, Parameters = _network.ParameterSpan, Gradients = gradients, Input = inputs, DInput = dInputs });

        double[] expected = Shadow(_inputs, _parameters), magnitudes = Shadow(Magnitudes(_inputs), Magnitudes(_parameters));
        for (int i = 0; i < outputs.Length; i++)
        {
            AssertNear($"output {i}", outputs[i], expected[i], ErrorBound.Product(terms, magnitudes[i]));
        }

        for (int i = 0; i < dInputs.Length; i++)
        {
            AssertNear($"gradient of input {i}", dInputs[i], Difference(_inputs, i), ErrorBound.Product(terms, Magnitude(ofInput: true, i)));
        }

        foreach (Window window in _network.Parameters)
        {
            for (int i = window.Offset; i < window.Offset + window.Length; i++)
            {
                string what = $"gradient {i - window.Offset} of {window.Name}";
                AssertNear(what, gradients[i], Difference(_parameters, i), ErrorBound.Product(terms, Magnitude(ofInput: false, i)));
            }
        }
    }

    private static void AssertNear(string what, double actual, double expected, double bound) => Assert.True(
        Math.Abs(actual - expected) <= bound, $"{what} is {actual:R}, expected {expected:R} within {bound:R}");

    private double Loss(double[] inputs, double[] parameters, double[] weights) =>
        Shadow(inputs, parameters).Zip(weights, (output, weight) => output * weight).Sum();

    /// <summary>The derivative of the weighted sum of the outputs.</summary>
    private double Difference(double[] values, int index) => Difference(values, index, () => Loss(_inputs, _parameters, _dOutput));

    private double Magnitude(bool ofInput, int index)
    {
        double[] inputs = Magnitudes(_inputs), parameters = Magnitudes(_parameters), weights = Magnitudes(_dOutput);
        return Difference(ofInput ? inputs : parameters, index, () => Loss(inputs, parameters, weights)) * (1 + 1e-6) + 1e-9; // the twin's own roundings
    }

    private static double Difference(double[] values, int index, Func<double> loss)
    {
        double value = values[index];
        values[index] = value + 0.25;
        double above = loss();
        values[index] = value - 0.25;
        double below = loss();
        values[index] = value;
        return (above - below) / 0.5;
    }

    private double[] Shadow(double[] inputs, double[] parameters)
    {
        double[] outputs = new double[Samples * _network.Output.Length];
        _stage.Layer.Shadow(new ShadowPass { Stage = _stage, Samples = Samples, Parameters = parameters, Input = inputs, Output = outputs });
        return outputs;
    }

    private static double[] Widen(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static float[] Narrow(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static double[] Magnitudes(double[] values) => Array.ConvertAll(values, Math.Abs);
}
