using System.Numerics.Tensors;
using SimdNet.Data;
using SimdNet.Layers;

namespace SimdNet.Training;

/// <summary>
/// Computes a network's outputs: owns what the layers put out and the weights in the layout of products, for one largest batch. One
/// caller at a time: make one per thread. A sample's outputs have the same bits alone, in a batch, and in training.
/// </summary>
public sealed class Predictor
{
    private readonly Network _network;
    private readonly Walk _walk;
    private readonly object _firstLayer; // for messages
    private long _version = -1; // of the parameters that the walk was refreshed for

    internal Predictor(Network network, int maxBatch)
    {
        _network = network;
        MaxBatch = maxBatch;
        _walk = network.CreateWalk(maxBatch, training: false);
        _firstLayer = network.StagesOf(training: false) is [Stage first, ..] ? first : network;
        Refresh();
    }

    /// <summary>The most samples per call.</summary>
    public int MaxBatch { get; }

    /// <summary>Told where the time of predictions goes, if set: between two calls, and at no cost while it is not.</summary>
    public StepProfile? Profile { get; set; }

    /// <summary>The outputs for some samples. Nothing is allocated after the first call.</summary>
    /// <param name="inputs">[samples, ...input], for 1 to <see cref="MaxBatch"/> samples.</param>
    /// <returns>[samples, ...output], valid until the next call.</returns>
    /// <exception cref="ArgumentException">The inputs are not 1 to <see cref="MaxBatch"/> whole samples.</exception>
    public ReadOnlySpan<float> Predict(ReadOnlySpan<float> inputs)
    {
        int samples = Guard.WholeSamples(inputs.Length, MaxBatch, _network.Input.Length, _firstLayer, nameof(inputs));
        Profile?.Begin();
        Refresh();
        ReadOnlySpan<float> outputs = _walk.Forward(new ForwardPass
        {
            Samples = samples,
            Parameters = _network.ParameterSpan,
            Input = inputs,
            Profile = Profile,
        });
        Profile?.End();
        return outputs;
    }

    /// <summary>For how many samples the largest output is the one of their label; any number of samples, in batches.</summary>
    /// <param name="inputs">[samples, ...input].</param>
    /// <param name="labels">[samples], each from 0 to the number of outputs - 1.</param>
    /// <exception cref="ArgumentException">A length or a label is wrong.</exception>
    public int CountCorrect(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        (int features, int classes) = (_network.Input.Length, _network.Output.Length);
        Guard.PerSample(inputs.Length, labels.Length, features, _firstLayer, nameof(inputs));
        Guard.Labels(labels, classes, nameof(labels));
        int correct = 0;
        for (int start = 0; start < labels.Length; start += MaxBatch)
        {
            int samples = Math.Min(MaxBatch, labels.Length - start);
            ReadOnlySpan<float> outputs = Predict(inputs.Slice(start * features, samples * features));
            for (int i = 0; i < samples; i++)
            {
                correct += TensorPrimitives.IndexOfMax(outputs.Slice(i * classes, classes)) == labels[start + i] ? 1 : 0;
            }
        }

        return correct;
    }

    /// <inheritdoc cref="CountCorrect(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    /// <param name="data">Samples with labels.</param>
    /// <exception cref="ArgumentException">The inputs, the labels or their number do not suit the network.</exception>
    public int CountCorrect(Dataset data)
    {
        int correct = 0;
        foreach (Batch batch in data.Batches(MaxBatch))
        {
            correct += CountCorrect(batch.Inputs, batch.Labels);
        }

        return correct;
    }

    /// <summary>Lays the weights out anew if they have changed.</summary>
    private void Refresh()
    {
        if (_version != _network.Version)
        {
            _walk.Refresh(new ForwardPass { Parameters = _network.ParameterSpan });
            _version = _network.Version;
        }
    }
}
