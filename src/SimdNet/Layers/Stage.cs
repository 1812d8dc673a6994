using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A layer in its place in a network, with the activation it has taken in: one step of the walk through the network.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Activation">The activation that it applies to its own output, if any.</param>
/// <param name="Input">The shape of a sample that comes in.</param>
/// <param name="Output">The shape of a sample that goes out.</param>
/// <param name="Parameters">Where its parameters, and their gradients, lie in the network's flat buffers.</param>
internal sealed record Stage(Layer Layer, Activation? Activation, Shape Input, Shape Output, IReadOnlyList<Window> Parameters)
{
    public override string ToString() => Layer.Describe(Input);
}

/// <summary>What a layer is given to compute its outputs.</summary>
internal readonly ref struct ForwardPass(Stage stage, int samples)
{
    public Stage Stage { get; } = stage;

    public int Samples { get; } = samples;

    /// <summary>All parameters of the network.</summary>
    public required ReadOnlySpan<float> Parameters { get; init; }

    /// <summary>[samples, ...input].</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>[samples, ...output], to be written.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>The layer's weights as <see cref="Layer.Pack"/> made them, where they do not change.</summary>
    public PackedMatrix? Packed { get; init; }

    public ReadOnlySpan<float> Parameter(int index) => Stage.Parameters[index].Of(Parameters);
}

/// <summary>What a layer is given to compute its gradients.</summary>
internal readonly ref struct BackwardPass(Stage stage, int samples)
{
    public Stage Stage { get; } = stage;

    public int Samples { get; } = samples;

    /// <summary>All parameters of the network.</summary>
    public required ReadOnlySpan<float> Parameters { get; init; }

    /// <summary>All gradients: each layer writes its own.</summary>
    public required Span<float> Gradients { get; init; }

    /// <summary>[samples, ...input].</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>[samples, ...output], as forward has left it.</summary>
    public required ReadOnlySpan<float> Output { get; init; }

    /// <summary>[samples, ...output]; the layer may spoil it.</summary>
    public required Span<float> DOutput { get; init; }

    /// <summary>[samples, ...input], to be written; empty where nobody wants it.</summary>
    public required Span<float> DInput { get; init; }

    public ReadOnlySpan<float> Parameter(int index) => Stage.Parameters[index].Of(Parameters);

    public Span<float> Gradient(int index) => Stage.Parameters[index].Of(Gradients);
}
