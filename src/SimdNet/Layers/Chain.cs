using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// What follows from the input's shape and the layers alone: every shape, and every parameter that is needed. It holds no numbers, and
/// does not know where they will lie.
/// </summary>
internal sealed class Chain
{
    private const uint LayersPerChain = 1 << 10; // in the keys of stages

    private readonly Layer[] _layers;
    private readonly Shape[] _shapes; // [layers + 1]: the shape before each layer, and the last one's output
    private readonly int[] _firstSpec; // [layers + 1]: where each layer's parameters begin
    private readonly List<ParameterSpec> _specs = [];

    /// <exception cref="ArgumentException">A layer does not take its inputs; it is named.</exception>
    public Chain(Shape input, ReadOnlySpan<Layer> layers)
    {
        Guard.Positive(input.Length, nameof(input));
        _layers = layers.ToArray();
        _shapes = new Shape[layers.Length + 1];
        _shapes[0] = input;
        _firstSpec = new int[layers.Length + 1];
        for (int i = 0; i < layers.Length; i++)
        {
            Place(i);
        }
    }

    public IReadOnlyList<Layer> Layers => _layers;

    public Shape Input => _shapes[0];

    public Shape Output => _shapes[^1];

    /// <summary>
    /// Every parameter, with the number of its layer before its name and with an initializer: <c>0.weight</c>, <c>0.bias</c>, …
    /// </summary>
    public IReadOnlyList<ParameterSpec> Specs => _specs;

    /// <summary>Floating-point operations of a forward pass for one sample.</summary>
    public long Flops => _layers.Select((layer, i) => layer.Flops(_shapes[i])).Sum();

    /// <summary>The shape before a layer; after the last, the output.</summary>
    public Shape ShapeAt(int layer) => _shapes[layer];

    /// <summary>The parameters of one layer.</summary>
    public IEnumerable<ParameterSpec> SpecsOf(int layer) => _specs[_firstSpec[layer].._firstSpec[layer + 1]];

    /// <summary>
    /// The steps of the walk. Views are none; an activation is part of the layer before it if that takes it in, in training only if the way
    /// back can do without the values before the activation; and in prediction a product takes in a batch normalisation, and some a pooling.
    /// </summary>
    /// <param name="windows">Where the parameters lie, in the order of <see cref="Specs"/>.</param>
    /// <param name="training">Whether it is a walk of training.</param>
    /// <param name="key">That of the stage in which the chain stands; 0 for a network.</param>
    /// <param name="path">What the paths of its stages begin with; nothing for a network.</param>
    public Stage[] Stages(IReadOnlyList<Window> windows, bool training, uint key = 0, string path = "")
    {
        List<Stage> stages = [];
        for (int i = 0; i < _layers.Length; i++)
        {
            if (_layers[i].IsView(training))
            {
                continue;
            }

            int first = i;
            Stage? normalization = null;
            if (_layers[first].TakesNormalization && !training && Next(i) is BatchNorm)
            {
                i++;
                normalization = new(_layers[i], _shapes[i], _shapes[i + 1], WindowsOf(i), KeyOf(i));
            }

            Activation? activation = null;
            if (Next(i) is Activation next && _layers[first].Takes(next) && (next.BackwardTakesOutput || !training))
            {
                i++;
                activation = next;
            }

            MaxPool2D? pooling = null;
            if (!training && Next(i) is MaxPool2D window && _layers[first].TakesPooling(_shapes[first], window))
            {
                i++;
                pooling = window;
            }

            stages.Add(new(_layers[first], _shapes[first], _shapes[i + 1], WindowsOf(first), KeyOf(first))
            {
                Path = $"{path}{first}",
                Normalization = normalization,
                Activation = activation,
                Pooling = pooling,
            });
        }

        return [.. stages];

        Window[] WindowsOf(int layer) => [.. windows.Skip(_firstSpec[layer]).Take(_firstSpec[layer + 1] - _firstSpec[layer])];

        uint KeyOf(int layer) => ((key * LayersPerChain) + (uint)layer + 1) & int.MaxValue;
    }

    private void Place(int index)
    {
        (Layer layer, Shape input) = (_layers[index], _shapes[index]);
        try
        {
            _shapes[index + 1] = layer.OutputShape(input);
            _specs.AddRange(layer.Parameters(input).Select(spec => spec with
            {
                Name = $"{index}.{spec.Name}",
                Initializer = spec.Initializer ?? DefaultInitializer(index),
            }));
            _firstSpec[index + 1] = _specs.Count;
        }
        catch (ArgumentException refusal)
        {
            Throw.Layer(layer.Describe(input), refusal);
        }
    }

    /// <summary>That of the activation that comes next, beyond layers that keep the scale; Glorot if there is none.</summary>
    private Initializer DefaultInitializer(int index)
    {
        int next = index + 1;
        while (next < _layers.Length && _layers[next].KeepsScale)
        {
            next++;
        }

        return next < _layers.Length && _layers[next] is Activation activation ? activation.Initializer : Initializer.GlorotUniform;
    }

    private Layer? Next(int index) => index + 1 < _layers.Length ? _layers[index + 1] : null;
}
