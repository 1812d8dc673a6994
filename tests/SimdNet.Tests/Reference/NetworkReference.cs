using SimdNet.Layers;
using SimdNet.Tests.Support;
using SimdNet.Training;

namespace SimdNet.Tests.Reference;

/// <summary>A network in double: its parameters may be moved one by one, and its loss asked for.</summary>
internal sealed class NetworkReference(Network network)
{
    public Dictionary<string, double[]> Parameters { get; } = network.Parameters.ToDictionary(
        window => window.Name, window => Array.ConvertAll(network.Parameter(window.Name).ToArray(), value => (double)value));

    /// <summary>[samples, ...output], and how near to 0, where a ReLU has no derivative, any of its inputs came.</summary>
    public (double[] Outputs, double Nearest) Forward(double[] inputs, int samples)
    {
        double nearest = double.PositiveInfinity;
        double[] x = inputs;
        for (int i = 0; i < network.Layers.Count; i++)
        {
            switch (network.Layers[i])
            {
                case Dense dense:
                    x = Dense(x, samples, dense.Units, Parameters[$"{i}.weight"], Parameters[$"{i}.bias"]);
                    break;
                case ReLU:
                    nearest = Math.Min(nearest, x.Min(Math.Abs));
                    x = Array.ConvertAll(x, value => Math.Max(0, value));
                    break;
                case Square:
                    x = Array.ConvertAll(x, value => value * value);
                    break;
                default:
                    break; // a view
            }
        }

        return (x, nearest);
    }

    public double Loss(double[] inputs, int[] labels) => LossesReference.SoftmaxCrossEntropy(
        Forward(inputs, labels.Length).Outputs, labels, network.Output.Length);

    /// <summary>The derivative of the loss by one parameter, as a central difference.</summary>
    public double Gradient(string name, int index, double[] inputs, int[] labels, double step)
    {
        ref double parameter = ref Parameters[name][index];
        double value = parameter;
        parameter = value + step;
        double above = Loss(inputs, labels);
        parameter = value - step;
        double below = Loss(inputs, labels);
        parameter = value;
        return (above - below) / (2 * step);
    }

    private static double[] Dense(double[] x, int samples, int units, double[] weight, double[] bias)
    {
        int inputs = x.Length / samples;
        double[] y = new double[samples * units];
        for (int sample = 0; sample < samples; sample++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                double sum = bias[unit];
                for (int k = 0; k < inputs; k++)
                {
                    sum += x[(sample * inputs) + k] * weight[(unit * inputs) + k];
                }

                y[(sample * units) + unit] = sum;
            }
        }

        return y;
    }
}
