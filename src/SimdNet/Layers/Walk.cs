using System.Numerics.Tensors;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// The numbers of one walk through a chain, for one largest batch: what each stage puts out, what it keeps, and in training its gradient.
/// </summary>
/// <remarks>
/// The way back needs every output, so training keeps each in a buffer of its own, but one to which another branch is added: that is the sum. Prediction
/// needs the last one only, and gradients live from one stage to the one before: there two buffers serve in turn.
/// </remarks>
internal sealed class Walk
{
    private readonly Stage[] _stages;
    private readonly object?[] _states;
    private readonly AlignedBuffer[] _outputs;
    private readonly GradientRoom _gradients;
    private readonly int[] _places; // which of the two in turn has the gradient of a stage's outputs
    private readonly int _firstTrained;

    /// <param name="stages">The stages.</param>
    /// <param name="maxBatch">The most samples of a pass.</param>
    /// <param name="training">Whether there is a way back.</param>
    /// <param name="gradients">Where gradients are to lie.</param>
    public Walk(Stage[] stages, int maxBatch, bool training, GradientRoom gradients)
    {
        _stages = stages = training ? stages : DenseRun.Merge(stages);
        _gradients = gradients;
        _firstTrained = Array.FindIndex(stages, stage => stage.IsTrained);
        _states = Array.ConvertAll(stages, stage => stage.Layer.CreateState(stage, maxBatch, training, gradients.Inner));
        long longest = (long)maxBatch * stages.Select(stage => stage.Output.Length).DefaultIfEmpty(0).Max();
        Guard.AtMost(longest, AlignedBuffer.MaxLength, "batch × output");
        _places = Places(stages);
        if (training)
        {
            gradients.Grow((int)longest);
            _outputs = Array.ConvertAll(stages, stage => new AlignedBuffer(stage.Sum is null ? maxBatch * stage.Output.Length : 0));
            return;
        }

        AlignedBuffer[] inTurn = [new((int)longest), new((int)longest)];
        _outputs = [.. stages.Select((_, i) => inTurn[i % 2])];
    }

    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>[samples, ...output] of a stage.</summary>
    public Span<float> Output(int stage, int samples) => _outputs[stage].Span[..(samples * _stages[stage].Output.Length)];

    /// <summary>[samples, ...output], the gradient of the loss with respect to the last stage's output, to be written before the way back.</summary>
    public Span<float> DOutput(int samples) => DOutput(_stages.Length - 1, samples);

    /// <summary>Computes the outputs of all stages; gives the last one's, [samples, ...output].</summary>
    /// <param name="pass">Whose stage and state are not looked at; nor is its output, unless the last stage's is a sum.</param>
    public ReadOnlySpan<float> Forward(scoped in ForwardPass pass)
    {
        ProfileEntry? outer = pass.Profile?.Current;
        ReadOnlySpan<float> input = pass.Input;
        for (int i = 0; i < _stages.Length; i++)
        {
            bool isSum = _stages[i].Sum is not null;
            Span<float> output = isSum ? pass.Output : Output(i, pass.Samples);
            pass.Profile?.EnterForward(_stages[i], pass.Samples);
            _stages[i].Layer.Forward(pass with
            {
                Stage = _stages[i],
                State = _states[i],
                Input = input,
                Output = output,
                Addend = isSum ? pass.Addend : [],
            });
            input = output;
        }

        pass.Profile?.Enter(outer!);
        return input;
    }

    /// <summary>Whether the way back leaves the gradient of the last stage's outputs as it is.</summary>
    public bool KeepsDOutput => _stages[^1].Layer.KeepsDOutput(_stages[^1]);

    /// <summary>Computes the gradients of all parameters, and of the chain's input where wanted.</summary>
    /// <param name="pass">
    /// Whose stage and state are not looked at, nor its output unless the last stage's is a sum; if it has no gradient of the output, that is
    /// <see cref="DOutput(int)"/>.
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
                Output = _stages[i].Sum is null ? Output(i, pass.Samples) : pass.Output,
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
        _gradients.InTurn(_places[stage], samples * _stages[stage].Output.Length);

    /// <summary>A stage that can puts the gradient of its inputs where that of its outputs was.</summary>
    private static int[] Places(Stage[] stages)
    {
        int[] places = new int[stages.Length];
        for (int i = stages.Length - 1; i > 0; i--)
        {
            places[i - 1] = stages[i].Layer.BackwardInPlace ? places[i] : 1 - places[i];
        }

        return places;
    }
}
