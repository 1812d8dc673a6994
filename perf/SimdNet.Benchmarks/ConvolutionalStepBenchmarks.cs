using BenchmarkDotNet.Attributes;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Threading;
using SimdNet.Training;

namespace SimdNet.Benchmarks;

/// <summary>Training and prediction of a small convolutional network on one thread; only products count as work.</summary>
public class ConvolutionalStepBenchmarks : IBenchmark
{
    private const int Pixels = 28 * 28, Classes = 10;

    // A multiply and an add for each weight and place: 32 maps of 26×26, 64 maps of 24×24, 128 units and 10.
    private const double FirstFlops = 2.0 * 9 * 32 * 26 * 26;
    private const double LaterFlops = 2.0 * ((9.0 * 32 * 64 * 24 * 24) + (64 * 12 * 12 * 128) + (128 * Classes));

    private float[] _inputs = [];
    private int[] _labels = [];
    private Network _network = null!;
    private Trainer _trainer = null!;
    private Predictor _predictor = null!;

    /// <summary>Samples.</summary>
    [Params(1, 8, 64)]
    public int Batch { get; set; }

    /// <summary>Forward.</summary>
    public double ForwardFlops => Batch * (FirstFlops + LaterFlops);

    /// <summary>Forward, the gradient of every weight, and that of every layer's inputs but the first's.</summary>
    public double StepFlops => Batch * ((2 * FirstFlops) + (3 * LaterFlops));

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        _inputs = new float[Batch * Pixels];
        Answer.Fill(_inputs, seed: 1);
        _labels = [.. Enumerable.Range(0, Batch).Select(sample => sample % Classes)];
        _network = new(
            Shape.Image(channels: 1, height: 28, width: 28),
            new Conv2D(32, kernel: 3), new ReLU(), new Conv2D(64, kernel: 3), new ReLU(), new MaxPool2D(2), new Flatten(),
            new Dense(128), new ReLU(), new Dense(Classes));
        _trainer = new(_network, new SoftmaxCrossEntropy(), new Adam(learningRate: 1e-6f), Batch, seed: 1); // slow: see TrainStepBenchmarks
        _predictor = _network.CreatePredictor(Batch);
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

    /// <summary>The predictions have the loss that the next step reports, before it moves anything.</summary>
    private void CheckPrediction()
    {
        float[] scores = _predictor.Predict(_inputs).ToArray();
        double expected = Enumerable.Range(0, Batch).Average(sample =>
            Math.Log(Enumerable.Range(0, Classes).Sum(i => Math.Exp(scores[(sample * Classes) + i])))
            - scores[(sample * Classes) + _labels[sample]]);
        Answer.Check(Step(), expected, roundings: 1000, 1 + expected);
    }
}
