using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Trains a network: owns the outputs of all layers, all gradients and the optimizer's state, for one batch size. One caller at a time.
/// </summary>
public sealed partial class Trainer
{
    private readonly Network _network;
    private readonly Loss _loss;
    private readonly Walk _walk;
    private readonly Updater _updater;
    private readonly AlignedBuffer _gradients, _sampleLosses;
    private readonly GradientSum? _sum; // if more than one step is made for a move

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
        (_network, _loss, BatchSize, Seed) = (network, loss, batchSize, seed);
        _walk = network.CreateWalk(batchSize, training: true);
        _updater = new Updater(network, optimizer);
        _gradients = new AlignedBuffer(network.TrainedLength);
        _sampleLosses = new AlignedBuffer(batchSize);
    }

    /// <summary>The most samples per step.</summary>
    public int BatchSize { get; }

    /// <summary>The key of everything random in a step.</summary>
    public long Seed { get; }

    /// <summary>What the optimizer's learning rate is multiplied by, from <see cref="Updates"/>; 1 unless set.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>The bound on the gradient, if there is to be one.</summary>
    public Clipping? Clipping { get; init; }

    /// <summary>The penalty on weights, a part of the loss; none unless set.</summary>
    public Regularization Regularization
    {
        get;
        init
        {
            field = value;
            _updater.Treat(value, Groups);
        }
    } = Regularization.None;

    /// <summary>Parameters that are treated in ways of their own; none unless set.</summary>
    /// <exception cref="ArgumentException">A group asks for a decay that the optimizer does not have.</exception>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get;
        init
        {
            field = [.. value];
            _updater.Treat(Regularization, field);
        }
    } = [];

    /// <summary>
    /// Steps for each move of the parameters, 1 unless set: they move on every n-th step, as they would for one batch of all the samples.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int AccumulationSteps
    {
        get;
        init
        {
            Guard.Positive(value, nameof(AccumulationSteps));
            field = value;
            _sum = value > 1 ? new GradientSum(_network.TrainedLength) : null;
        }
    } = 1;

    /// <summary>Told where the time of steps goes, if set: between two steps, and at no cost while it is not.</summary>
    public StepProfile? Profile { get; set; }

    /// <summary>Steps made.</summary>
    public long Steps { get; private set; }

    /// <summary>Moves of the parameters: as many as <see cref="Steps"/>, unless several steps make one.</summary>
    public long Updates => _updater.Updates;

    /// <summary>The gradients of the last step without regularisation, laid out as the network's trained parameters.</summary>
    internal ReadOnlySpan<float> Gradients => _gradients.Span;

    /// <summary>One step towards labels: forward, loss, backward, optimizer. Nothing is allocated after the first.</summary>
    /// <param name="inputs">[samples, ...input], for 1 to <see cref="BatchSize"/> samples.</param>
    /// <param name="labels">[samples], each from 0 to the number of outputs - 1.</param>
    /// <param name="sampleWeights">[samples], what each sample's loss is multiplied by; if none are given, 1.</param>
    /// <returns>The loss of the batch, regularisation included, before the parameters moved.</returns>
    /// <exception cref="ArgumentException">A length or a label is wrong, or the loss takes targets; nothing has changed.</exception>
    /// <exception cref="DivergenceException">
    /// The loss, or the norm of a gradient that is to be clipped by it, is not finite; nothing has changed, but gradients accumulated for
    /// the next move are lost.
    /// </exception>
    public float Step(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> sampleWeights = default)
    {
        int samples = labels.Length;
        Guard.InRange(samples, 1, BatchSize, "labels.Length");
        Guard.PerSample(inputs.Length, samples, _network.Input.Length, FirstLayer, nameof(inputs));
        return Step(samples, inputs, labels, [], sampleWeights);
    }

    /// <summary>One step towards targets: forward, loss, backward, optimizer. Nothing is allocated after the first.</summary>
    /// <param name="inputs">[samples, ...input], for 1 to <see cref="BatchSize"/> samples.</param>
    /// <param name="targets">[samples, ...output].</param>
    /// <param name="sampleWeights">[samples], what each sample's loss is multiplied by; if none are given, 1.</param>
    /// <returns>The loss of the batch, regularisation included, before the parameters moved.</returns>
    /// <exception cref="ArgumentException">A length is wrong, or the loss takes labels; nothing has changed.</exception>
    /// <exception cref="DivergenceException">As for labels.</exception>
    public float Step(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> sampleWeights = default)
    {
        int samples = Guard.WholeSamples(inputs.Length, BatchSize, _network.Input.Length, FirstLayer, nameof(inputs));
        Guard.PerSample(targets.Length, samples, _network.Output.Length, _network, nameof(targets));
        return Step(samples, inputs, [], targets, sampleWeights);
    }

    private object FirstLayer => _walk.Stages.Count > 0 ? _walk.Stages[0] : _network;
}
