using System.Diagnostics;
using System.Numerics.Tensors;
using SimdNet.Data;
using SimdNet.Kernels;
using SimdNet.Training;

namespace SimdNet.Cli;

/// <summary>What a network makes of samples whose labels are known.</summary>
internal sealed class Evaluation
{
    private const int BatchSize = 256;

    private readonly int[] _counts; // [label, prediction]
    private readonly int _samples;

    private Evaluation(int classes, int samples)
    {
        (Classes, _samples) = (classes, samples);
        _counts = new int[classes * classes];
    }

    /// <summary>The mean cross-entropy of the softmax.</summary>
    public double Loss { get; private set; }

    /// <summary>The time of the predictions alone.</summary>
    public double Seconds { get; private set; }

    public int Classes { get; }

    public double Accuracy => (double)Enumerable.Range(0, Classes).Sum(label => Count(label, label)) / _samples;

    public double PredictionsPerSecond => _samples / Seconds;

    /// <summary>Predicts all samples of a set whose images and classes are the network's.</summary>
    public static Evaluation Of(Network network, Dataset data)
    {
        Evaluation evaluation = new(data.Classes, data.Count);
        Predictor predictor = network.CreatePredictor(Math.Min(BatchSize, data.Count));
        float[] gradients = new float[predictor.MaxBatch * data.Classes], losses = new float[predictor.MaxBatch];
        foreach (Batch batch in data.Batches(predictor.MaxBatch))
        {
            long start = Stopwatch.GetTimestamp();
            ReadOnlySpan<float> outputs = predictor.Predict(batch.Inputs);
            evaluation.Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            evaluation.Tally(outputs, batch.Labels);
            evaluation.Loss += (double)batch.Count / data.Count * Losses.SoftmaxCrossEntropy(
                outputs, batch.Labels, data.Classes, gradients.AsSpan(0, outputs.Length), losses.AsSpan(0, batch.Count));
        }

        return evaluation;
    }

    /// <summary>Samples of a label that were taken for a class.</summary>
    public int Count(int label, int prediction) => _counts[(label * Classes) + prediction];

    /// <summary>Samples of a label.</summary>
    public int Count(int label) => Enumerable.Range(0, Classes).Sum(prediction => Count(label, prediction));

    /// <summary>The class that samples of a label are wrongly taken for most often.</summary>
    public int Confusion(int label) =>
        Enumerable.Range(0, Classes).Where(prediction => prediction != label).MaxBy(prediction => Count(label, prediction));

    private void Tally(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            _counts[(labels[i] * Classes) + TensorPrimitives.IndexOfMax(outputs.Slice(i * Classes, Classes))]++;
        }
    }
}
