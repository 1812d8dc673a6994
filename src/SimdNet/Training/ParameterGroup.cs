using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>Parameters that a trainer treats in a way of their own; of several groups, the first that contains a parameter has it.</summary>
/// <remarks>
/// Without groups, decoupled decay and regularisation act on weights alone (<see cref="ParameterRole.Weight"/>): to pull biases, or the
/// scales of a normalisation, towards 0 serves no purpose. What a group asks for acts on all that it contains. PyTorch's optimizers, left
/// to themselves, decay everything: that is <c>new ParameterGroup(parameter => true) { WeightDecay = 0.01f }</c>.
/// </remarks>
public sealed class ParameterGroup
{
    private readonly Predicate<Window> _contains;

    /// <summary>A group of parameters.</summary>
    /// <param name="contains">Whether a parameter is in it: by name, role or shape. Asked once, when a trainer is made.</param>
    public ParameterGroup(Predicate<Window> contains) => _contains = contains;

    /// <summary>The parameters of one layer.</summary>
    /// <param name="layer">The number of the layer in its network, with which the names of its parameters begin.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="layer"/> is negative.</exception>
    public ParameterGroup(int layer)
        : this(parameter => parameter.Name.StartsWith($"{layer}.", StringComparison.Ordinal)) => Guard.NotNegative(layer, nameof(layer));

    /// <summary>What the learning rate is multiplied by, 0 or more; 0 leaves the parameters as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public float LearningRateScale { get; init => field = Checked(value, nameof(LearningRateScale)); } = 1;

    /// <summary>λ of decoupled decay in place of the optimizer's, 0 or more; if null, the optimizer's on weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public float? WeightDecay { get; init => field = value is { } decay ? Checked(decay, nameof(WeightDecay)) : null; }

    /// <summary>The penalty in place of the trainer's; if null, the trainer's on weights.</summary>
    public Regularization? Regularization { get; init; }

    internal bool Contains(Window parameter) => _contains(parameter);

    private static float Checked(float value, string name)
    {
        Guard.NotNegative(value, name);
        return value;
    }
}
