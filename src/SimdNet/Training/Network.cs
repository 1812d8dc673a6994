using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// A chain of layers and the parameters of all of them, in one flat buffer. It may be read by many threads at once, but not while a
/// <see cref="Trainer"/> or a method that sets parameters is at work on it.
/// </summary>
public sealed partial class Network
{
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
        : this(new Plan(input, layers))
    {
        for (int i = 0; i < Parameters.Count; i++)
        {
            Plan.InitializerOf(i).Fill(Parameters[i].Of(_parameters.Span), Parameters[i].Shape, seed, i);
        }
    }

    private Network(Plan plan)
    {
        Plan = plan;
        _parameters = new AlignedBuffer(plan.Length);
    }

    /// <summary>The shape of one sample that goes in.</summary>
    public Shape Input => Plan.Input;

    /// <summary>The shape of what comes out for it.</summary>
    public Shape Output => Plan.Output;

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => Plan.Layers;

    /// <summary>
    /// The parameters' names, shapes and places in the flat buffer, in order. Names and shapes are those of PyTorch's Sequential: the
    /// number is that of the layer, and layers without parameters count.
    /// </summary>
    public IReadOnlyList<Window> Parameters => Plan.Parameters;

    /// <summary>The number of all parameters.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Length);

    /// <summary>Grows with every change of a parameter: who keeps something made from them looks here.</summary>
    public long Version { get; private set; }

    internal Plan Plan { get; }

    /// <summary>The flat buffer, for those who announce what they write by <see cref="MarkChanged"/>.</summary>
    internal Span<float> ParameterSpan => _parameters.Span;

    /// <summary>The values of a parameter.</summary>
    /// <param name="name">Its name, such as <c>0.weight</c>.</param>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public ReadOnlySpan<float> Parameter(string name) => Find(name).Of(_parameters.Span);

    /// <summary>Sets the values of a parameter.</summary>
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

    /// <summary>Computes the outputs of all stages; gives the last one's, [samples, ...output].</summary>
    internal ReadOnlySpan<float> Forward(Workspace workspace, ReadOnlySpan<float> inputs, int samples)
    {
        ReadOnlySpan<float> input = inputs;
        for (int i = 0; i < workspace.Stages.Length; i++)
        {
            Stage stage = workspace.Stages[i];
            Span<float> output = workspace.Output(i, samples);
            stage.Layer.Forward(new ForwardPass(stage, samples)
            {
                Parameters = ParameterSpan,
                Input = input,
                Output = output,
                Packed = workspace.Packed[i],
            });
            input = output;
        }

        return input;
    }

    /// <summary>Computes the gradients of all parameters from that of the last stage's output, which stands in the workspace.</summary>
    internal void Backward(Workspace workspace, ReadOnlySpan<float> inputs, int samples, Span<float> gradients)
    {
        for (int i = workspace.Stages.Length - 1; i >= workspace.FirstTrained; i--)
        {
            Stage stage = workspace.Stages[i];
            stage.Layer.Backward(new BackwardPass(stage, samples)
            {
                Parameters = ParameterSpan,
                Gradients = gradients,
                Input = i == 0 ? inputs : workspace.Output(i - 1, samples),
                Output = workspace.Output(i, samples),
                DOutput = workspace.DOutput(i, samples),
                DInput = i == workspace.FirstTrained ? [] : workspace.DOutput(i - 1, samples),
            });
        }
    }

    private Window Find(string name)
    {
        Window? window = Parameters.FirstOrDefault(parameter => parameter.Name == name);
        if (window is null)
        {
            Throw.NoParameter(name, Parameters.Select(parameter => parameter.Name));
        }

        return window;
    }
}
