using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Trains a network: owns the outputs of all layers, all gradients and the optimizer's state, for one batch size. One caller at a time.
/// </summary>
public sealed class Trainer
{
    private readonly Network _network;
    private readonly Loss _loss;
    private readonly Optimizer _optimizer;
    private readonly Walk _walk;
    private readonly AlignedBuffer _gradients, _optimizerState, _sampleLosses;

    /// <summary>Makes room for training.</summary>
    /// <param name="network">The network; its parameters are what changes.</param>
    /// <param name="loss">What to make small.</param>
    /// <param name="optimizer">How.</param>
    /// <param name="batchSize">The most samples per step.</param>
    /// <param name="seed">The key of everything random in a step. Parameters are drawn by the network, with a seed of its own.</param>
    /// <exception cref="ArgumentException">
    /// The network has no parameters, its output does not suit the loss, or the batch is below 1 or too large for memory.
    /// </exception>
    public Trainer(Network network, Loss loss, Optimizer optimizer, int batchSize, long seed = 0)
    {
        Guard.Positive(network.ParameterCount, nameof(network.ParameterCount));
        loss.CheckOutput(network.Output);
        Guard.Positive(batchSize, nameof(batchSize));
        (_network, _loss, _optimizer, BatchSize, Seed) = (network, loss, optimizer, batchSize, seed);
        _walk = network.CreateWalk(batchSize, training: true);
        int parameters = network.TrainedLength;
        _gradients = new AlignedBuffer(parameters);
        Guard.AtMost((long)optimizer.StateCount * parameters, AlignedBuffer.MaxLength, "optimizer's state");
        _optimizerState = new AlignedBuffer(optimizer.StateCount * parameters);
        _sampleLosses = new AlignedBuffer(batchSize);
    }

    /// <summary>The most samples per step.</summary>
    public int BatchSize { get; }

    /// <summary>The key of everything random in a step.</summary>
    public long Seed { get; }

    /// <summary>Steps made.</summary>
    public long Steps { get; private set; }

    /// <summary>What the optimizer's learning rate is multiplied by in the steps to come.</summary>
    internal float LearningRateScale { get; set; } = 1;

    /// <summary>The gradients of the last step, laid out as the network's trained parameters.</summary>
    internal ReadOnlySpan<float> Gradients => _gradients.Span;

    /// <summary>One step: forward, loss, backward, optimizer. Nothing is allocated after the first.</summary>
    /// <param name="inputs">[samples, ...input], for 1 to <see cref="BatchSize"/> samples.</param>
    /// <param name="labels">[samples], each from 0 to the number of outputs - 1.</param>
    /// <returns>The mean loss of the batch, before the parameters moved.</returns>
    /// <exception cref="ArgumentException">A length or a label is wrong; nothing has changed.</exception>
    public float Step(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        int samples = labels.Length;
        Guard.InRange(samples, 1, BatchSize, "labels.Length");
        Guard.PerSample(inputs.Length, samples, _network.Input.Length, _walk.Stages[0], nameof(inputs));
        Guard.Labels(labels, _network.Output.Length, nameof(labels));

        Span<float> parameters = _network.ParameterSpan;
        RandomKey randomKey = new(Seed, Steps + 1);
        ReadOnlySpan<float> outputs = _walk.Forward(new ForwardPass
        {
            Samples = samples,
            Training = true,
            Parameters = parameters,
            Input = inputs,
            RandomKey = randomKey,
        });
        float loss = _loss.Compute(new LossPass
        {
            Samples = samples,
            Outputs = outputs,
            Labels = labels,
            DOutputs = _walk.DOutput(samples),
            SampleLosses = _sampleLosses.Span[..samples],
        });
        _walk.Backward(new BackwardPass
        {
            Samples = samples,
            Parameters = parameters,
            Gradients = _gradients.Span,
            Input = inputs,
            RandomKey = randomKey,
        });
        Steps++;
        _optimizer.Step(parameters[.._network.TrainedLength], _gradients.Span, _optimizerState.Span, Steps, LearningRateScale);
        _walk.EndStep(parameters);
        _network.MarkChanged();
        return loss;
    }
}
