using System.Diagnostics;

namespace SimdNet.Layers;

/// <summary>What a layer, or another part of a step, has taken in one direction: sums over the steps that a <see cref="StepProfile"/> saw.</summary>
public sealed class ProfileEntry
{
    private readonly StageWork _work;

    internal ProfileEntry(object? part, StepPhase phase, string path, string name, StageWork work) =>
        (Part, Phase, Path, Name, _work) = (part, phase, path, name, work);

    /// <summary>What part of the step it is.</summary>
    public StepPhase Phase { get; }

    /// <summary>Where the layer stands: that with which the names of its parameters begin, such as <c>3.body.0</c>; else empty.</summary>
    public string Path { get; }

    /// <summary>The layer as messages name it and what it has taken in, such as <c>Dense(784 → 128) + ReLU</c>; or the loss, the optimizer.</summary>
    public string Name { get; }

    /// <summary>The time in it, and in nothing inside it that has an entry of its own.</summary>
    public double Seconds => Ticks / (double)Stopwatch.Frequency;

    /// <summary>Floating-point operations: a product's multiplies and adds. Counted for layers only.</summary>
    public long Flops { get; private set; }

    /// <summary>The least bytes that it has to move: each array that it reads, and each that it writes, once.</summary>
    public long Bytes { get; private set; }

    /// <summary>The stage, the loss, the optimizer.</summary>
    internal object? Part { get; }

    internal long Ticks { get; set; }

    internal void Count(int samples, long bytes = 0)
    {
        Flops += samples * _work.FlopsPerSample;
        Bytes += (samples * _work.BytesPerSample) + _work.BytesOnce + bytes;
    }

    internal void Clear() => (Ticks, Flops, Bytes) = (0, 0, 0);
}
