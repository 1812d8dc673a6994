using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Whether the gradients of a network are right: each derivative is held against the central difference <c>(L(p+h) - L(p-h))/2h</c> of the
/// loss of the same network in double precision. For layers of one's own, with small networks: it costs two forward passes per parameter.
/// </summary>
/// <remarks>
/// At h = 2⁻¹⁷·max(1, |p|) both errors of the difference, h²/6 times the third derivative and the roundings over h, are near 10⁻¹⁰. It means
/// nothing at a kink: where a ReLU's input, or the difference of two values of which the larger is taken, is within h of 0.
/// </remarks>
public static class GradientCheck
{
    private const double Step = 1.0 / (1 << 17);

    /// <summary>Checks every parameter, and the inputs, for a loss of labels.</summary>
    /// <param name="network">The network; it is not changed.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="inputs">[samples, ...input].</param>
    /// <param name="labels">[samples].</param>
    /// <param name="seed">The key of what is random in a step.</param>
    /// <returns>The worst derivative.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Trainer.Step(ReadOnlySpan{float}, ReadOnlySpan{int}, ReadOnlySpan{float})"/>.</exception>
    /// <exception cref="NotSupportedException">A layer has no form in double precision.</exception>
    public static GradientCheckResult Run(
        Network network, Loss loss, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, long seed = 0)
    {
        Shadow shadow = new(network, loss, inputs, labels.ToArray(), [], labels.Length, seed);
        Trainer trainer = new(network, loss, new GradientDescent(1), Math.Max(1, labels.Length), seed);
        float[] dInputs = new float[inputs.Length];
        trainer.Differentiate(labels.Length, inputs, labels, [], [], dInputs, out _);
        return Worst(network, shadow, trainer.Gradients, dInputs);
    }

    /// <summary>Checks every parameter, and the inputs, for a loss of targets.</summary>
    /// <param name="network">The network; it is not changed.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="inputs">[samples, ...input].</param>
    /// <param name="targets">[samples, ...output].</param>
    /// <param name="seed">The key of what is random in a step.</param>
    /// <returns>The worst derivative.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Trainer.Step(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float})"/>.</exception>
    /// <exception cref="NotSupportedException">A layer has no form in double precision.</exception>
    public static GradientCheckResult Run(
        Network network, Loss loss, ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, long seed = 0)
    {
        int samples = inputs.Length / network.Input.Length;
        Shadow shadow = new(network, loss, inputs, [], targets.ToArray(), samples, seed);
        Trainer trainer = new(network, loss, new GradientDescent(1), Math.Max(1, samples), seed);
        float[] dInputs = new float[inputs.Length];
        trainer.Differentiate(samples, inputs, [], targets, [], dInputs, out _);
        return Worst(network, shadow, trainer.Gradients, dInputs);
    }

    private static GradientCheckResult Worst(
        Network network, Shadow shadow, ReadOnlySpan<float> gradients, ReadOnlySpan<float> dInputs)
    {
        GradientCheckResult worst = Worst("input", shadow, shadow.Inputs, dInputs);
        foreach (Window window in network.Parameters)
        {
            GradientCheckResult found = Worst(window.Name, shadow, shadow.Parameters.AsSpan(window.Offset, window.Length), window.Of(gradients));
            worst = found.Error > worst.Error || double.IsNaN(found.Error) ? found : worst;
        }

        return worst;
    }

    /// <summary>The worst derivative with respect to some values, against the largest of them.</summary>
    private static GradientCheckResult Worst(string name, Shadow shadow, Span<double> values, ReadOnlySpan<float> gradients)
    {
        double[] differences = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            differences[i] = shadow.Difference(ref values[i]);
        }

        double largest = differences.Append(0).Max(Math.Abs);
        int worst = 0;
        double error = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double here = Math.Abs(gradients[i] - differences[i]);
            here = here == 0 ? 0 : here / largest;
            if (!(here <= error))
            {
                (worst, error) = (i, here);
            }
        }

        return new(name, worst, gradients[worst], differences[worst], error);
    }

    /// <summary>The network in double precision: its parameters and inputs may be moved one by one, and its loss asked for.</summary>
    private sealed class Shadow(
        Network network, Loss loss, ReadOnlySpan<float> inputs, int[] labels, float[] targets, int samples, long seed)
    {
        private readonly Stage[] _stages = network.StagesOf(training: true);

        public double[] Parameters { get; } = Array.ConvertAll(network.ParameterSpan.ToArray(), value => (double)value);

        public double[] Inputs { get; } = Array.ConvertAll(inputs.ToArray(), value => (double)value);

        public double Difference(ref double value)
        {
            double before = value, step = Step * Math.Max(1, Math.Abs(before));
            value = before + step;
            double above = Loss();
            value = before - step;
            double below = Loss();
            value = before;
            return (above - below) / (2 * step);
        }

        private double Loss() => loss.Compute(new LossShadow
        {
            Samples = samples,
            Outputs = ShadowWalk.Run(
                _stages, new ShadowPass { Samples = samples, Parameters = Parameters, Input = Inputs, RandomKey = new(seed, Step: 1) }),
            Labels = labels,
            Targets = targets,
        });
    }
}

/// <summary>What a gradient check has found: the derivative that is furthest from its difference.</summary>
/// <param name="Parameter">The parameter's name, or <c>input</c>.</param>
/// <param name="Index">Which of its values.</param>
/// <param name="Gradient">The derivative as training computes it.</param>
/// <param name="Difference">The derivative as a central difference.</param>
/// <param name="Error">How far they are apart, as a share of the parameter's largest difference.</param>
public sealed record GradientCheckResult(string Parameter, int Index, double Gradient, double Difference, double Error)
{
    /// <summary>Such as <c>0.weight[5]: gradient 0.25, difference 0.26, 0.03 of the largest</c>.</summary>
    public override string ToString() =>
        $"{Parameter}[{Index}]: gradient {Gradient:G6}, difference {Difference:G6}, {Error:G3} of the largest";
}
