using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A layer that applies one function to every value. After a layer that ends in a product it costs no pass of its own.</summary>
public abstract class Activation : Layer
{
    private protected Activation()
    {
    }

    /// <summary>How weights before this activation begin if nothing else is asked for.</summary>
    protected internal virtual Initializer Initializer => Initializer.GlorotUniform;

    /// <summary>A product that ends in this activation.</summary>
    internal abstract FusedProduct FusedProduct { get; }

    /// <summary>A normalisation that ends in this activation, if the layer takes it.</summary>
    internal abstract FusedNormalization FusedNormalization { get; }

    /// <summary>Whether backward can do without the inputs.</summary>
    internal abstract bool BackwardTakesOutput { get; }

    /// <summary><c>dInput ← dOutput·f'</c> from the outputs, or from the inputs if backward takes those; in place allowed.</summary>
    internal abstract void Backward(ReadOnlySpan<float> value, ReadOnlySpan<float> dOutput, Span<float> dInput);

    /// <summary>In place on dOutput, [samples, channels, area], from the outputs; and the gradient of a bias before the activation, [channels].</summary>
    internal abstract void Backward(ReadOnlySpan<float> output, Span<float> dOutput, int samples, int channels, Span<float> dBias);

    /// <summary><c>destination ← f(x + y)</c>, in place on either.</summary>
    internal abstract void ForwardOfSum(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination);

    internal override bool BackwardInPlace => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            Backward(BackwardTakesOutput ? pass.Output : pass.Input, pass.DOutput, pass.DInput);
        }
    }
}

/// <summary>The layer of one activation: derive from it to give an activation of your own a name.</summary>
/// <typeparam name="TActivation">The formulas.</typeparam>
public abstract class Activation<TActivation> : Activation
    where TActivation : struct, IActivation
{
    private readonly TActivation _activation;

    /// <summary>A layer of these formulas.</summary>
    protected Activation(TActivation activation)
    {
        _activation = activation;
        FusedProduct = new FusedProduct<TActivation>(activation);
        FusedNormalization = new FusedNormalization<TActivation, ActivationBackward<TActivation>>(activation, new(activation));
    }

    internal override FusedProduct FusedProduct { get; }

    internal override FusedNormalization FusedNormalization { get; }

    internal override bool BackwardTakesOutput => TActivation.BackwardTakesOutput;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) => Elementwise.Map(_activation, pass.Input, pass.Output);

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        for (int i = 0; i < pass.Output.Length; i++)
        {
            pass.Output[i] = _activation.Invoke(pass.Input[i]);
        }
    }

    internal override void Backward(ReadOnlySpan<float> value, ReadOnlySpan<float> dOutput, Span<float> dInput) =>
        Elementwise.Zip(new ActivationBackward<TActivation>(_activation), value, dOutput, dInput);

    internal override void Backward(ReadOnlySpan<float> output, Span<float> dOutput, int samples, int channels, Span<float> dBias) =>
        Convolution.BackwardGateAndBias(
            new ActivationBackward<TActivation>(_activation), output, dOutput, samples, channels, output.Length / samples / channels, dBias);

    internal override void ForwardOfSum(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination) =>
        Elementwise.Zip(new ActivationOfSum<TActivation>(_activation), x, y, destination);
}
