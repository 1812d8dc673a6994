using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>Moves the parameters of a network: owns the optimizer's state, and knows which parameters are treated alike.</summary>
internal sealed class Updater
{
    private readonly Network _network;
    private readonly AlignedBuffer[] _states;
    private ParameterRun[] _runs;

    public Updater(Network network, Optimizer optimizer)
    {
        (_network, Optimizer) = (network, optimizer);
        _states = [.. Enumerable.Range(0, optimizer.StateCount).Select(_ => new AlignedBuffer(network.TrainedLength))];
        _runs = ParameterRun.Cut(network, optimizer, Regularization.None, []);
    }

    public Optimizer Optimizer { get; }

    /// <summary>Parameters, gradients and states read, parameters and states written.</summary>
    public long BytesPerMove => (long)sizeof(float) * _network.TrainedLength * (3 + (2 * Optimizer.StateCount));

    /// <summary>Moves made.</summary>
    public long Updates { get; private set; }

    /// <summary>Treats parameters in these ways from now on.</summary>
    /// <exception cref="ArgumentException">A group asks for a decay that the optimizer does not have.</exception>
    public void Treat(Regularization regularization, IReadOnlyList<ParameterGroup> groups) =>
        _runs = ParameterRun.Cut(_network, Optimizer, regularization, groups);

    /// <summary>What regularisation adds to the loss.</summary>
    public double Penalty()
    {
        double penalty = 0;
        foreach (ParameterRun run in _runs)
        {
            penalty += run.IsPenalized ? Kernels.Penalty.Of(_network.ParameterSpan[run.Range], run.L2, run.HalfL1) : 0;
        }

        return penalty;
    }

    /// <summary>The length of the gradient of the reported loss.</summary>
    /// <param name="gradients">[trained]; without regularisation, and to be scaled.</param>
    /// <param name="scale">By what.</param>
    public double Norm(ReadOnlySpan<float> gradients, double scale)
    {
        double sum = 0;
        foreach (ParameterRun run in _runs)
        {
            sum += GradientNorm.SumOfSquares(
                gradients[run.Range], _network.ParameterSpan[run.Range], Transform(run, scale, 1, float.PositiveInfinity));
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Moves every parameter once.</summary>
    /// <param name="gradients">[trained]; without regularisation, and to be scaled.</param>
    /// <param name="scale">By what.</param>
    /// <param name="clip">What the gradient with regularisation is multiplied by then.</param>
    /// <param name="limit">The largest magnitude that it may have after that.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by.</param>
    public void Move(ReadOnlySpan<float> gradients, double scale, double clip, float limit, float rateFactor)
    {
        Updates++;
        foreach (ParameterRun run in _runs)
        {
            UpdateSpans spans = new(_network.ParameterSpan[run.Range], gradients[run.Range], State(0, run), State(1, run), State(2, run));
            Optimizer.Step(new OptimizerPass(spans)
            {
                Step = Updates,
                LearningRate = Optimizer.LearningRate * rateFactor * run.RateScale,
                Decay = run.Decay,
                Transform = Transform(run, scale, clip, limit),
            });
        }
    }

    /// <summary>Of <c>clip·(scale·g + λ₂w + λ₁/2·sign(w))</c>.</summary>
    private static GradientTransform Transform(ParameterRun run, double scale, double clip, float limit) => new()
    {
        Scale = (float)(clip * scale),
        L2 = (float)(clip * run.L2),
        L1 = (float)(clip * run.HalfL1),
        Limit = limit,
    };

    /// <summary>Of a run; empty if the optimizer has no such state.</summary>
    private Span<float> State(int index, ParameterRun run) => index < _states.Length ? _states[index].Span[run.Range] : [];
}
