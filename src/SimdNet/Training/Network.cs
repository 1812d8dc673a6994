using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// A chain of layers and the parameters of all of them, in one flat buffer. It may be read by many threads at once, but not while a
/// <see cref="Trainer"/> or a method that sets parameters is at work on it.
/// </summary>
public sealed partial class Network
{
    private readonly Window[] _windows; // in the order of the chain's specs
    private readonly AlignedBuffer _parameters;

    /// <summary>Puts layers together and draws their parameters with seed 0.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="layers">The layers in order; the same description may stand in several places.</param>
    /// <exception cref="ArgumentException">There are no layers, or one does not take its inputs: it is named, with its shapes.</exception>
    public Network(Shape input, params ReadOnlySpan<Layer> layers)
        : this(input, seed: 0, layers)
    {
    }

    /// <summary>Puts layers together and draws their parameters.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="seed">The key of the draws.</param>
    /// <param name="layers">The layers in order; the same description may stand in several places.</param>
    /// <exception cref="ArgumentException">There are no layers, or one does not take its inputs: it is named, with its shapes.</exception>
    public Network(Shape input, long seed, params ReadOnlySpan<Layer> layers)
        : this(ChainOf(input, layers))
    {
        int trained = 0;
        foreach ((ParameterSpec spec, Window window) in Chain.Specs.Zip(_windows))
        {
            bool isStatistic = spec.Role == ParameterRole.Statistic;
            spec.Initializer!.Fill(window.Of(_parameters.Span), window.Shape, seed, isStatistic ? 0 : trained++);
        }
    }

    /// <summary>Lays out what is trained first, and after it what is measured.</summary>
    private Network(Chain chain)
    {
        Chain = chain;
        WindowLayout layout = new();
        _windows = new Window[chain.Specs.Count];
        Place(isStatistic: false);
        TrainedLength = layout.Length;
        Place(isStatistic: true);
        _parameters = new AlignedBuffer(layout.Length);
        Parameters = [.. _windows.Where(window => window.Role != ParameterRole.Statistic)];
        Statistics = [.. _windows.Where(window => window.Role == ParameterRole.Statistic)];

        void Place(bool isStatistic)
        {
            for (int i = 0; i < _windows.Length; i++)
            {
                ParameterSpec spec = chain.Specs[i];
                if (spec.Role == ParameterRole.Statistic == isStatistic)
                {
                    _windows[i] = layout.Add(spec.Name, spec.Shape, spec.Role);
                }
            }
        }
    }

    /// <summary>The shape of one sample that goes in.</summary>
    public Shape Input => Chain.Input;

    /// <summary>The shape of what comes out for it.</summary>
    public Shape Output => Chain.Output;

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => Chain.Layers;

    /// <summary>
    /// The parameters' names, shapes and places in the flat buffer, in order. Names and shapes are those of PyTorch's Sequential: the
    /// number is that of the layer, and layers without parameters count.
    /// </summary>
    public IReadOnlyList<Window> Parameters { get; }

    /// <summary>What layers measure and do not train, such as running means: named as parameters are, and after them in the flat buffer.</summary>
    public IReadOnlyList<Window> Statistics { get; }

    /// <summary>The number of all parameters; statistics do not count.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Length);

    /// <summary>Grows with every change of a parameter: who keeps something made from them looks here.</summary>
    public long Version { get; private set; }

    internal Chain Chain { get; }

    /// <summary>The flat buffer, for those who announce what they write by <see cref="MarkChanged"/>.</summary>
    internal Span<float> ParameterSpan => _parameters.Span;

    /// <summary>How much of the flat buffer is trained: what follows are statistics.</summary>
    internal int TrainedLength { get; }

    /// <summary>The values of a parameter, or of a statistic.</summary>
    /// <param name="name">Its name, such as <c>0.weight</c>.</param>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public ReadOnlySpan<float> Parameter(string name) => Find(name).Of(_parameters.Span);

    /// <summary>Sets the values of a parameter, or of a statistic.</summary>
    /// <param name="name">Its name, such as <c>0.weight</c>.</param>
    /// <param name="values">As many as it holds, in row-major order.</param>
    /// <exception cref="ArgumentException">There is no such parameter, or <paramref name="values"/> has another length.</exception>
    public void SetParameter(string name, ReadOnlySpan<float> values)
    {
        Span<float> parameter = Find(name).Of(_parameters.Span);
        Guard.Length(values.Length, parameter.Length, nameof(values));
        values.CopyTo(parameter);
        MarkChanged();
    }

    /// <summary>Something that predicts with this network's parameters as they are at each call.</summary>
    /// <param name="maxBatch">The most samples per call.</param>
    public Predictor CreatePredictor(int maxBatch)
    {
        Guard.Positive(maxBatch, nameof(maxBatch));
        return new(this, maxBatch);
    }

    /// <summary>Such as <c>Network(784 → 10)</c>.</summary>
    public override string ToString() => $"Network({Input} → {Output})";

    internal void MarkChanged() => Version++;

    /// <summary>Room for a walk through this network.</summary>
    internal Walk CreateWalk(int maxBatch, bool training) => new(StagesOf(training), maxBatch, training, new());

    internal Stage[] StagesOf(bool training) => Chain.Stages(_windows, training);

    private static Chain ChainOf(Shape input, ReadOnlySpan<Layer> layers)
    {
        Guard.Positive(layers.Length, nameof(layers) + ".Length");
        return new(input, layers);
    }

    private Window Find(string name)
    {
        Window? window = _windows.FirstOrDefault(parameter => parameter.Name == name);
        if (window is null)
        {
            Throw.NoParameter(name, _windows.Select(parameter => parameter.Name));
        }

        return window;
    }
}
