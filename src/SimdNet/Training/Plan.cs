using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// What follows from the input's shape and the layers alone: every shape, and the place of every parameter. It holds no numbers.
/// </summary>
internal sealed class Plan
{
    private readonly Layer[] _layers;
    private readonly Shape[] _shapes; // [layers + 1]: the shape before each layer, and the last one's output
    private readonly Window[][] _windows; // [layers][parameters]
    private readonly List<Initializer> _initializers = []; // for each parameter

    /// <exception cref="ArgumentException">A layer does not take its inputs; it is named.</exception>
    public Plan(Shape input, ReadOnlySpan<Layer> layers)
    {
        Guard.Positive(input.Length, nameof(input));
        Guard.Positive(layers.Length, nameof(layers) + ".Length");
        _layers = layers.ToArray();
        _shapes = new Shape[layers.Length + 1];
        _shapes[0] = input;
        _windows = new Window[layers.Length][];
        WindowLayout layout = new();
        for (int i = 0; i < layers.Length; i++)
        {
            Place(i, layout);
        }

        Length = layout.Length;
        Parameters = [.. _windows.SelectMany(windows => windows)];
    }

    public IReadOnlyList<Layer> Layers => _layers;

    public Shape Input => _shapes[0];

    public Shape Output => _shapes[^1];

    /// <summary>Every parameter: <c>0.weight</c>, <c>0.bias</c>, <c>2.weight</c>, …; the number is that of the layer.</summary>
    public IReadOnlyList<Window> Parameters { get; }

    /// <summary>The length of a buffer of all parameters.</summary>
    public int Length { get; }

    /// <summary>How a parameter begins: as its layer says, or as suits the activation that comes next.</summary>
    public Initializer InitializerOf(int parameter) => _initializers[parameter];

    /// <summary>
    /// The steps of the walk. Views are none, and an activation is part of the layer before it if that takes it in; in training only if
    /// the way back can do without the values before the activation.
    /// </summary>
    public Stage[] Stages(bool training)
    {
        List<Stage> stages = [];
        for (int i = 0; i < _layers.Length; i++)
        {
            if (_layers[i].IsView)
            {
                continue;
            }

            int first = i;
            Activation? taken = null;
            if (_layers[i].TakesActivation && Next(i) is Activation next && (next.BackwardTakesOutput || !training))
            {
                taken = next;
                i++;
            }

            stages.Add(new(_layers[first], taken, _shapes[first], _shapes[i + 1], _windows[first]));
        }

        return [.. stages];
    }

    private void Place(int index, WindowLayout layout)
    {
        (Layer layer, Shape input) = (_layers[index], _shapes[index]);
        try
        {
            _shapes[index + 1] = layer.OutputShape(input);
            IReadOnlyList<ParameterSpec> parameters = layer.Parameters(input);
            _windows[index] = [.. parameters.Select(parameter => layout.Add($"{index}.{parameter.Name}", parameter.Shape))];
            _initializers.AddRange(parameters.Select(parameter => parameter.Initializer ?? DefaultInitializer(index)));
        }
        catch (ArgumentException refusal)
        {
            Throw.Layer(layer.Describe(input), refusal);
        }
    }

    /// <summary>He before a ReLU, else Glorot: asks the activation that comes next, beyond views.</summary>
    private Initializer DefaultInitializer(int index)
    {
        int next = index + 1;
        while (next < _layers.Length && _layers[next].IsView)
        {
            next++;
        }

        return next < _layers.Length && _layers[next] is Activation activation ? activation.Initializer : Initializer.GlorotUniform;
    }

    private Layer? Next(int index) => index + 1 < _layers.Length ? _layers[index + 1] : null;
}
