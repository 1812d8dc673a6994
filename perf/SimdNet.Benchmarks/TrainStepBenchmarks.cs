using BenchmarkDotNet.Attributes;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Threading;
using SimdNet.Training;

namespace SimdNet.Benchmarks;

/// <summary>Training and prediction of a multilayer perceptron on one thread; only products count as work.</summary>
public class TrainStepBenchmarks : IBenchmark
{
    private static readonly int[] s_widths = [784, 512, 512, 10];

    private float[] _inputs = [];
    private int[] _labels = [];
    private Network _network = null!;
    private Trainer _trainer = null!;
    private Predictor _predictor = null!;

    /// <summary>Samples.</summary>
    [Params(1, 64, 256)]
    public int Batch { get; set; }

    /// <summary>A multiply and an add for each weight and sample.</summary>
    public double ForwardFlops => 2.0 * Batch * Weights(fromLayer: 0);

    /// <summary>Forward, the gradient of every weight, and that of every layer's inputs but the first's.</summary>
    public double StepFlops => (2 * ForwardFlops) + (2.0 * Batch * Weights(fromLayer: 1));

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        _inputs = new float[Batch * s_widths[0]];
        Answer.Fill(_inputs, seed: 1);
        _labels = [.. Enumerable.Range(0, Batch).Select(sample => sample % s_widths[^1])];
        _network = new(
            Shape.Vector(s_widths[0]), new Dense(s_widths[1]), new ReLU(), new Dense(s_widths[2]), new ReLU(), new Dense(s_widths[3]));

        // Slow, for every step sees the same batch: learnt by heart, it would leave denormal gradients, and those would be timed.
        _trainer = new(_network, new SoftmaxCrossEntropy(), new Adam(learningRate: 1e-6f), Batch, seed: 1);
        _predictor = _network.CreatePredictor(Batch);
        CheckPrediction();
        Answer.CheckSteps(_network, Step);
        CheckPrediction();
    }

    /// <summary>Forward, loss, backward, Adam.</summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(StepFlops))]
    public float Step() => _trainer.Step(_inputs, _labels);

    /// <summary>Forward, with weights laid out before.</summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(ForwardFlops))]
    public float Predict() => _predictor.Predict(_inputs)[0];

    private static double Weights(int fromLayer)
    {
        double weights = 0;
        for (int layer = fromLayer; layer < s_widths.Length - 1; layer++)
        {
            weights += (double)s_widths[layer] * s_widths[layer + 1];
        }

        return weights;
    }

    /// <summary>The first sample and the last, layer by layer in double.</summary>
    private void CheckPrediction()
    {
        foreach (int sample in (int[])[0, Batch - 1])
        {
            double[] values = [.. _inputs.AsSpan(sample * s_widths[0], s_widths[0]).ToArray().Select(x => (double)x)];
            double[] magnitudes = [.. values.Select(Math.Abs)];
            for (int layer = 0; layer < s_widths.Length - 1; layer++)
            {
                (values, magnitudes) = Dense(layer, layer > 0 ? [.. values.Select(x => Math.Max(x, 0))] : values, magnitudes);
            }

            ReadOnlySpan<float> outputs = _predictor.Predict(_inputs).Slice(sample * values.Length, values.Length);
            for (int i = 0; i < values.Length; i++)
            {
                Answer.Check(outputs[i], values[i], s_widths.Sum(), magnitudes[i]); // a product and a bias in each layer: fewer than that
            }
        }
    }

    /// <summary><c>y = W·x + b</c>, and the sum of what was added, all positive.</summary>
    private (double[] Values, double[] Magnitudes) Dense(int layer, double[] x, double[] magnitudes)
    {
        ReadOnlySpan<float> weights = _network.Parameter($"{2 * layer}.weight"), biases = _network.Parameter($"{2 * layer}.bias");
        double[] y = new double[biases.Length], sums = new double[biases.Length];
        for (int i = 0; i < y.Length; i++)
        {
            (y[i], sums[i]) = (biases[i], Math.Abs(biases[i]));
            for (int k = 0; k < x.Length; k++)
            {
                double weight = weights[(i * x.Length) + k];
                (y[i], sums[i]) = (y[i] + (weight * x[k]), sums[i] + (Math.Abs(weight) * magnitudes[k]));
            }
        }

        return (y, sums);
    }
}
