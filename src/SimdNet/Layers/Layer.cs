using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// A layer of a network: an immutable description that holds no numbers. The same layer may stand in any number of networks, and in any
/// number of places.
/// </summary>
public abstract class Layer
{
    private protected Layer()
    {
    }

    /// <summary>What kind of layer it is, in messages and in files.</summary>
    internal string Kind => GetType().Name;

    /// <summary>Whether the outputs are the inputs under another shape: then the layer is no step of the walk.</summary>
    internal virtual bool IsView => false;

    /// <summary>Whether <see cref="Forward"/> and <see cref="Backward"/> apply the stage's activation to the layer's own outputs.</summary>
    internal virtual bool TakesActivation => false;

    /// <summary>The shape of a sample's outputs.</summary>
    /// <exception cref="ArgumentException">The layer does not take such inputs.</exception>
    internal abstract Shape OutputShape(Shape input);

    /// <summary>The parameters that the layer needs for such inputs.</summary>
    internal virtual IReadOnlyList<ParameterSpec> Parameters(Shape input) => [];

    /// <summary>Computes the outputs from the inputs.</summary>
    internal abstract void Forward(in ForwardPass pass);

    /// <summary>Computes the gradients of the parameters and, where wanted, of the inputs.</summary>
    internal abstract void Backward(in BackwardPass pass);

    /// <summary>Room for the weights in the layout of products, if the layer can use them so.</summary>
    internal virtual PackedMatrix? CreatePacked(Stage stage) => null;

    /// <summary>Fills that room with the weights as they are now.</summary>
    internal virtual void Pack(Stage stage, ReadOnlySpan<float> parameters, PackedMatrix packed)
    {
    }

    /// <summary>Writes what the constructor needs to make the layer again, as properties of an open JSON object.</summary>
    internal virtual void WriteOptions(Utf8JsonWriter writer)
    {
    }

    /// <summary>The layer in its place, for messages, such as <c>Dense(784 → 128)</c>.</summary>
    internal virtual string Describe(Shape input) => $"{Kind}({input})";
}
