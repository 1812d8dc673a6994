using System.Numerics.Tensors;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// The numbers of one walk through a chain, for one largest batch: what each stage puts out, what it keeps, and in training its gradient.
/// </summary>
/// <remarks>
/// The way back needs every output, so training keeps each in a buffer of its own. Prediction needs the last one only, and gradients live
/// from one stage to the one before: there two buffers serve in turn.
/// </remarks>
internal sealed class Walk
{
    private readonly Stage[] _stages;
    private readonly object?[] _states;
    private readonly AlignedBuffer[] _outputs, _gradients;
    private readonly int _firstTrained;

    public Walk(Stage[] stages, int maxBatch, bool training)
    {
        _stages = stages = training ? stages : DenseRun.Merge(stages);
        _firstTrained = Array.FindIndex(stages, stage => stage.IsTrained);
        _states = Array.ConvertAll(stages, stage => stage.Layer.CreateState(stage, maxBatch, training));
        long longest = (long)maxBatch * stages.Select(stage => stage.Output.Length).DefaultIfEmpty(0).Max();
        Guard.AtMost(longest, AlignedBuffer.MaxLength, "batch × output");
        AlignedBuffer[] inTurn = [new((int)longest), new((int)longest)];
        _gradients = training ? inTurn : [];
        _outputs = [.. stages.Select((stage, i) => training ? new AlignedBuffer(maxBatch * stage.Output.Length) : inTurn[i % 2])];
    }

    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>[samples, ...output] of a stage.</summary>
    public Span<float> Output(int stage, int samples) => _outputs[stage].Span[..(samples * _stages[stage].Output.Length)];

    /// <summary>[samples, ...output], the gradient of the loss with respect to the last stage's output, to be written before the way back.</summary>
    public Span<float> DOutput(int samples) => DOutput(_stages.Length - 1, samples);

    /// <summary>Computes the outputs of all stages; gives the last one's, [samples, ...output].</summary>
    /// <param name="pass">Whose stage, output and state are not looked at.</param>
    public ReadOnlySpan<float> Forward(scoped in ForwardPass pass)
    {
        ProfileEntry? outer = pass.Profile?.Current;
        ReadOnlySpan<float> input = pass.Input;
        for (int i = 0; i < _stages.Length; i++)
        {
            Span<float> output = Output(i, pass.Samples);
            pass.Profile?.EnterForward(_stages[i], pass.Samples);
            _stages[i].Layer.Forward(pass with { Stage = _stages[i], State = _states[i], Input = input, Output = output });
            input = output;
        }

        pass.Profile?.Enter(outer!);
        return input;
    }

    /// <summary>Whether the way back leaves the gradient of the last stage's outputs as it is.</summary>
    public bool KeepsDOutput => _stages[^1].Layer.KeepsDOutput(_stages[^1]);

    /// <summary>Computes the gradients of all parameters, and of the chain's input where wanted.</summary>
    /// <param name="pass">
    /// Whose stage, output and state are not looked at; if it has no gradient of the output, that is <see cref="DOutput(int)"/>.
    /// </param>
    public void Backward(in BackwardPass pass)
    {
        ProfileEntry? outer = pass.Profile?.Current;
        int first = pass.DInput.IsEmpty ? _firstTrained : 0;
        for (int i = _stages.Length - 1; i >= Math.Max(first, 0) && first >= 0; i--)
        {
            pass.Profile?.EnterBackward(_stages[i], pass.Samples, wantsDInput: i > first || !pass.DInput.IsEmpty);
            _stages[i].Layer.Backward(pass with
            {
                Stage = _stages[i],
                State = _states[i],
                Input = i == 0 ? pass.Input : Output(i - 1, pass.Samples),
                Output = Output(i, pass.Samples),
                DOutput = i == _stages.Length - 1 && !pass.DOutput.IsEmpty ? pass.DOutput : DOutput(i, pass.Samples),
                DInput = i == 0 ? pass.DInput : i == first ? [] : DOutput(i - 1, pass.Samples),
            });
        }

        pass.Profile?.Enter(outer!);
    }

    /// <summary>In prediction: parameters have changed.</summary>
    /// <param name="pass">Of which the parameters alone are looked at.</param>
    public void Refresh(in ForwardPass pass)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            _stages[i].Layer.Refresh(pass with { Stage = _stages[i], State = _states[i] });
        }
    }

    /// <summary>A training step has succeeded.</summary>
    public void EndStep(Span<float> parameters)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            _stages[i].Layer.EndStep(_stages[i], _states[i], parameters);
        }
    }

    /// <summary>The first stage of which an output is not finite, if any.</summary>
    public Stage? FirstNotFinite(int samples)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            if (!TensorPrimitives.IsFiniteAll<float>(Output(i, samples)))
            {
                return _stages[i];
            }
        }

        return null;
    }

    private Span<float> DOutput(int stage, int samples) =>
        _gradients[stage % 2].Span[..(samples * _stages[stage].Output.Length)];
}
