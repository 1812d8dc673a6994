using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// The numbers of one walk through a network, for one largest batch: what each stage puts out and, in training, its gradient.
/// </summary>
/// <remarks>
/// The way back needs every output, so training keeps each in a buffer of its own. Prediction needs the last one only, and gradients live
/// from one stage to the one before: there two buffers serve in turn.
/// </remarks>
internal sealed class Workspace
{
    private readonly AlignedBuffer[] _outputs, _gradients;

    public Workspace(Plan plan, int maxBatch, bool training)
    {
        Stages = plan.Stages(training);
        FirstTrained = Array.FindIndex(Stages, stage => stage.Parameters.Count > 0);
        Packed = Array.ConvertAll(Stages, stage => training ? null : stage.Layer.CreatePacked(stage));

        long longest = (long)maxBatch * Stages.Select(stage => stage.Output.Length).DefaultIfEmpty(0).Max();
        Guard.AtMost(longest, AlignedBuffer.MaxLength, "batch × output");
        AlignedBuffer[] inTurn = [new((int)longest), new((int)longest)];
        _gradients = training ? inTurn : [];
        _outputs = [.. Stages.Select((stage, i) => training ? new AlignedBuffer(maxBatch * stage.Output.Length) : inTurn[i % 2])];
    }

    public Stage[] Stages { get; }

    /// <summary>The first stage that has parameters: the way back ends there.</summary>
    public int FirstTrained { get; }

    /// <summary>In prediction, each stage's packed weights if it has such.</summary>
    public PackedMatrix?[] Packed { get; }

    /// <summary>[samples, ...output] of a stage.</summary>
    public Span<float> Output(int stage, int samples) => _outputs[stage].Span[..(samples * Stages[stage].Output.Length)];

    /// <summary>[samples, ...output], the gradient of the loss with respect to a stage's output.</summary>
    public Span<float> DOutput(int stage, int samples) =>
        _gradients[stage % 2].Span[..(samples * Stages[stage].Output.Length)];
}
