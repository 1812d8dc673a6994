using SimdNet.Simd;

namespace SimdNet.Layers;

/// <summary>What a layer is given to compute its outputs.</summary>
public readonly ref struct ForwardPass
{
    /// <summary>The layer in its place.</summary>
    public Stage Stage { get; internal init; }

    /// <summary>The number of samples.</summary>
    public int Samples { get; internal init; }

    /// <summary>Whether gradients will be asked for: what then differs is what a layer is for.</summary>
    public bool Training { get; internal init; }

    /// <summary>[samples, ...input].</summary>
    public ReadOnlySpan<float> Input { get; internal init; }

    /// <summary>[samples, ...output], to be written.</summary>
    public Span<float> Output { get; internal init; }

    /// <summary>[samples, ...output], what the stage adds to its outputs if they are a sum.</summary>
    internal ReadOnlySpan<float> Addend { get; init; }

    /// <summary>What <see cref="Layer.CreateState(Stage, int, bool)"/> made for this trainer or predictor.</summary>
    public object? State { get; internal init; }

    /// <summary>Random numbers of this step and this layer's place; backward has the same.</summary>
    public Philox Random => RandomKey.Of(Stage);

    /// <summary>All parameters of the network.</summary>
    internal ReadOnlySpan<float> Parameters { get; init; }

    internal RandomKey RandomKey { get; init; }

    /// <summary>Who is told where the time goes, if anyone.</summary>
    internal StepProfile? Profile { get; init; }

    /// <summary>The values of a parameter, numbered as the layer asked for them.</summary>
    public ReadOnlySpan<float> Parameter(int index) => Stage.Parameters[index].Of(Parameters);
}

/// <summary>What a layer is given to compute its gradients.</summary>
public readonly ref struct BackwardPass
{
    /// <summary>The layer in its place.</summary>
    public Stage Stage { get; internal init; }

    /// <summary>The number of samples.</summary>
    public int Samples { get; internal init; }

    /// <summary>[samples, ...input], as forward had it.</summary>
    public ReadOnlySpan<float> Input { get; internal init; }

    /// <summary>[samples, ...output], as forward has left it.</summary>
    public ReadOnlySpan<float> Output { get; internal init; }

    /// <summary>[samples, ...output], the gradient of the loss with respect to the output; the layer may spoil it.</summary>
    public Span<float> DOutput { get; internal init; }

    /// <summary>[samples, ...input], the gradient with respect to the input, to be written; empty where nobody wants it.</summary>
    public Span<float> DInput { get; internal init; }

    /// <inheritdoc cref="ForwardPass.State"/>
    public object? State { get; internal init; }

    /// <inheritdoc cref="ForwardPass.Random"/>
    public Philox Random => RandomKey.Of(Stage);

    /// <summary>All parameters of the network.</summary>
    internal ReadOnlySpan<float> Parameters { get; init; }

    /// <summary>All gradients: each layer writes its own.</summary>
    internal Span<float> Gradients { get; init; }

    internal RandomKey RandomKey { get; init; }

    /// <inheritdoc cref="ForwardPass.Profile"/>
    internal StepProfile? Profile { get; init; }

    /// <inheritdoc cref="ForwardPass.Parameter"/>
    public ReadOnlySpan<float> Parameter(int index) => Stage.Parameters[index].Of(Parameters);

    /// <summary>Where the gradient of a parameter is to be written, numbered as the layer asked for it; it holds an older one.</summary>
    public Span<float> Gradient(int index) => Stage.Parameters[index].Of(Gradients);
}

/// <summary>What a layer is given to compute its outputs in double precision, for <c>GradientCheck</c>: plain loops, nothing is timed.</summary>
public readonly ref struct ShadowPass
{
    /// <inheritdoc cref="ForwardPass.Stage"/>
    public Stage Stage { get; internal init; }

    /// <inheritdoc cref="ForwardPass.Samples"/>
    public int Samples { get; internal init; }

    /// <inheritdoc cref="ForwardPass.Input"/>
    public ReadOnlySpan<double> Input { get; internal init; }

    /// <inheritdoc cref="ForwardPass.Output"/>
    public Span<double> Output { get; internal init; }

    /// <inheritdoc cref="ForwardPass.Random"/>
    public Philox Random => RandomKey.Of(Stage);

    internal ReadOnlySpan<double> Parameters { get; init; }

    internal RandomKey RandomKey { get; init; }

    /// <inheritdoc cref="ForwardPass.Parameter"/>
    public ReadOnlySpan<double> Parameter(int index) => Stage.Parameters[index].Of(Parameters);
}

/// <summary>The key of everything random in one step of training.</summary>
internal readonly record struct RandomKey(long Seed, long Step)
{
    /// <summary>The upper half of the substreams: the lower one draws parameters and orders of samples.</summary>
    private const uint InLayers = 0x8000_0000;

    public Philox Of(Stage stage) => new((ulong)Seed, (uint)Step, InLayers | stage.Key);
}
