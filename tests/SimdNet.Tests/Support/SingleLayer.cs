using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>A layer alone in a network, with random numbers in its parameters, its inputs and the gradient of its outputs.</summary>
internal sealed class SingleLayer
{
    private static readonly RandomKey s_key = new(Seed: 12, Step: 3);

    private readonly int _samples;
    private readonly Walk _walk;
    private readonly float[] _inputs, _dOutputs, _parameters;

    public SingleLayer(Layer layer, Shape input, int samples)
    {
        _samples = samples;
        Network network = new(input, layer);
        Parameters = [.. network.Parameters];
        _walk = network.CreateWalk(samples, training: true);
        _inputs = Draws.Normal(samples * input.Length, stream: 1);
        _dOutputs = Draws.Normal(samples * network.Output.Length, stream: 2);
        _parameters = Draws.Normal(network.ParameterSpan.Length, stream: 3);
    }

    private Window[] Parameters { get; }

    /// <summary>
    /// Holds the outputs against the layer's form in double, and its gradients against the central differences of that. Both are sums of
    /// products of at most <paramref name="roundings"/> roundings; <paramref name="amplification"/> bounds what one value may become in one.
    /// </summary>
    public void FollowsItsShadow(int roundings, double amplification)
    {
        float[] outputs = Forward(), gradients = new float[_parameters.Length];
        float[] dInputs = Backward(gradients);
        double[] inputs = Double(_inputs), parameters = Double(_parameters), expected = Shadow(inputs, parameters);
        double magnitude = _dOutputs.Sum(value => Math.Abs((double)value)) * amplification, bound = Tolerance.Gamma(roundings) * magnitude;
        Assert.All(outputs.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -bound, bound));

        double error = magnitude * roundings * Math.Pow(2, -53);
        for (int i = 0; i < inputs.Length; i++)
        {
            Check(ref inputs[i], dInputs[i]);
        }

        foreach (Window window in Parameters)
        {
            for (int i = window.Offset; i < window.Offset + window.Length; i++)
            {
                Check(ref parameters[i], gradients[i]);
            }
        }

        void Check(ref double x, float gradient)
        {
            (double slope, double uncertainty) = Slope.Of(() => Shadow(inputs, parameters).Zip(_dOutputs, (y, w) => y * w).Sum(), ref x, error);
            Assert.InRange(gradient - slope, -bound - uncertainty, bound + uncertainty);
        }
    }

    private static double[] Double(float[] values) => Array.ConvertAll(values, value => (double)value);

    private float[] Forward() => _walk.Forward(new ForwardPass
    {
        Samples = _samples,
        Training = true,
        Parameters = _parameters,
        Input = _inputs,
        RandomKey = s_key,
    }).ToArray();

    private float[] Backward(float[] gradients)
    {
        float[] dInputs = new float[_inputs.Length];
        _dOutputs.CopyTo(_walk.DOutput(_samples));
        _walk.Backward(new BackwardPass
        {
            Samples = _samples,
            Parameters = _parameters,
            Gradients = gradients,
            Input = _inputs,
            DInput = dInputs,
            RandomKey = s_key,
        });
        return dInputs;
    }

    private double[] Shadow(double[] inputs, double[] parameters) => ShadowWalk.Run(
        [.. _walk.Stages], new ShadowPass { Samples = _samples, Parameters = parameters, Input = inputs, RandomKey = s_key }).ToArray();
}
