using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Whether the gradients of a network are right: each derivative is held against the central difference <c>(L(p+h) - L(p-h))/2h</c> of the
/// loss of the same network in double precision. For layers of one's own, with small networks: it costs two forward passes per parameter.
/// </summary>
/// <remarks>
/// At h = 2⁻¹⁷·max(1, |p|) both errors of the difference, h²/6 times the third derivative and the roundings over h, are near 10⁻¹⁰: what
/// is seen is the error of the gradient, some 10⁻⁷ to 10⁻⁵ of the largest derivative if its formulas are right. At a kink there is no
/// derivative: keep away from where a ReLU's input, or the difference of two values of which the larger is taken, is within h of 0. It is
/// enough that weights and inputs are multiples of some 2⁻ⁱ, so that products are multiples of 4⁻ⁱ, and biases half of that off.
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
    /// <returns>The derivative that is furthest from its difference.</returns>
    /// <exception cref="ArgumentException">
    /// As for <see cref="Trainer.Step(ReadOnlySpan{float}, ReadOnlySpan{int}, ReadOnlySpan{float})"/>.
    /// </exception>
    /// <exception cref="DivergenceException">The loss is not finite.</exception>
    /// <exception cref="NotSupportedException">A layer has no form in double precision.</exception>
    public static GradientCheckResult Run(
        Network network, Loss loss, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, long seed = 0)
    {
        Guard.Positive(labels.Length, "labels.Length");
        Guard.PerSample(inputs.Length, labels.Length, network.Input.Length, network, nameof(inputs));
        return Run(network, loss, labels.Length, inputs, labels, [], seed);
    }

    /// <summary>Checks every parameter, and the inputs, for a loss of targets.</summary>
    /// <param name="network">The network; it is not changed.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="inputs">[samples, ...input].</param>
    /// <param name="targets">[samples, ...output].</param>
    /// <param name="seed">The key of what is random in a step.</param>
    /// <returns>The derivative that is furthest from its difference.</returns>
    /// <exception cref="ArgumentException">
    /// As for <see cref="Trainer.Step(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float})"/>.
    /// </exception>
    /// <exception cref="DivergenceException">The loss is not finite.</exception>
    /// <exception cref="NotSupportedException">A layer has no form in double precision.</exception>
    public static GradientCheckResult Run(
        Network network, Loss loss, ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, long seed = 0)
    {
        int samples = Guard.WholeSamples(inputs.Length, int.MaxValue, network.Input.Length, network, nameof(inputs));
        Guard.PerSample(targets.Length, samples, network.Output.Length, network, nameof(targets));
        return Run(network, loss, samples, inputs, [], targets, seed);
    }

    private static GradientCheckResult Run(
        Network network, Loss loss, int samples, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> targets, long seed)
    {
        Trainer trainer = new(network, loss, new GradientDescent(), samples, seed);
        float[] dInputs = new float[inputs.Length];
        trainer.Differentiate(samples, inputs, labels, targets, [], dInputs, out _);

        Shadow shadow = new(network, loss, samples, inputs, labels, targets, seed);
        List<GradientCheckResult> results = [];
        Compare("input", shadow.Inputs, dInputs);
        foreach (Window window in network.Parameters)
        {
            Compare(window.Name, shadow.Parameters.AsSpan(window.Offset, window.Length), window.Of(trainer.Gradients));
        }

        GradientCheckResult worst = results.MaxBy(result => result.Error)!;
        double largest = results.Max(result => Math.Abs(result.Difference));
        return worst.Error == 0 ? worst : worst with { Error = worst.Error / largest };

        void Compare(string name, Span<double> values, ReadOnlySpan<float> gradients)
        {
            for (int i = 0; i < values.Length; i++)
            {
                double difference = shadow.Difference(ref values[i]), error = Math.Abs(gradients[i] - difference);
                results.Add(new(name, i, gradients[i], difference, double.IsNaN(error) ? double.PositiveInfinity : error));
            }
        }
    }

    /// <summary>The network in double precision: its parameters and inputs may be moved one by one, and its loss asked for.</summary>
    private sealed class Shadow(
        Network network, Loss loss, int samples, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> targets, long seed)
    {
        private readonly Stage[] _stages = network.StagesOf(training: true);
        private readonly int[] _labels = labels.ToArray();
        private readonly float[] _targets = targets.ToArray();

        public double[] Parameters { get; } = Array.ConvertAll(network.ParameterSpan.ToArray(), value => (double)value);

        public double[] Inputs { get; } = Array.ConvertAll(inputs.ToArray(), value => (double)value);

        /// <summary>The central difference of the loss along one of the values.</summary>
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
            Labels = _labels,
            Targets = _targets,
        });
    }
}

/// <summary>What a gradient check has found: the derivative that is furthest from its difference.</summary>
/// <param name="Parameter">The parameter's name, or <c>input</c>.</param>
/// <param name="Index">Which of its values.</param>
/// <param name="Gradient">The derivative as training computes it.</param>
/// <param name="Difference">The derivative as a central difference.</param>
/// <param name="Error">
/// How far they are apart, as a share of the largest difference in the network; ∞ if one is no number. Not of the largest in the parameter:
/// where all of those are 0, as of a bias before a batch normalisation, roundings alone would look like a fault.
/// </param>
public sealed record GradientCheckResult(string Parameter, int Index, double Gradient, double Difference, double Error)
{
    /// <summary>Such as <c>0.weight[5]: gradient 0.25, difference 0.26, 0.03 of the largest apart</c>.</summary>
    public override string ToString() =>
        $"{Parameter}[{Index}]: gradient {Gradient:G6}, difference {Difference:G6}, {Error:G3} of the largest apart";
}
