using System.Text.Json;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// A layer of a network: an immutable description that holds no numbers. The same layer may stand in any number of networks, and in any
/// number of places.
/// </summary>
/// <remarks>
/// To make a layer of your own, say what it puts out (<see cref="OutputShape"/>), what it has to learn (<see cref="Parameters"/>), and
/// compute: <see cref="Forward"/> and <see cref="Backward"/> get spans over the network's and the trainer's buffers, allocate nothing, and
/// split their work among threads over independent outputs only. What must last from forward to backward is made once, by
/// <see cref="CreateState(Stage, int, bool)"/>. With <see cref="Shadow"/> a layer can be checked by <c>GradientCheck</c>, with <see cref="WriteOptions"/>
/// and a line given to <c>Network.Load</c> it can be saved.
/// </remarks>
public abstract class Layer
{
    /// <summary>What kind of layer it is, in messages and in files.</summary>
    internal string Kind => GetType().Name;

    /// <summary>Whether <see cref="Forward"/> and <see cref="Backward"/> apply the stage's activation to the layer's own outputs.</summary>
    internal virtual bool TakesActivation => false;

    /// <summary>Whether they apply this one.</summary>
    internal virtual bool Takes(Activation activation) => TakesActivation;

    /// <summary>
    /// Whether, in training, <see cref="Forward"/> can add another branch to the stage's outputs and apply the activation of the sum, and
    /// <see cref="Backward"/> does without the outputs.
    /// </summary>
    /// <param name="stage">The layer in its place.</param>
    /// <param name="sum">The residual whose branch ends there.</param>
    internal virtual bool TakesSum(Stage stage, Stage sum) => false;

    /// <summary>Whether <see cref="Backward"/> may put the gradient of the inputs where that of the outputs is.</summary>
    internal virtual bool BackwardInPlace => false;

    /// <summary>Whether <see cref="Backward"/> leaves the gradient of the stage's outputs as it is.</summary>
    internal virtual bool KeepsDOutput(Stage stage) => false;

    /// <summary>
    /// Whether, in prediction, a batch normalisation after it may become part of its parameters: a weight [out, ...] and perhaps a bias [out].
    /// </summary>
    internal virtual bool TakesNormalization => false;

    /// <summary>Whether, in prediction, <see cref="Forward"/> may put out what a pooling after it makes of the outputs, its activation applied.</summary>
    internal virtual bool TakesPooling(Shape input, MaxPool2D pooling) => false;

    /// <summary>
    /// Whether the scale of its outputs is that of its inputs, or one of its own: the weights before it then begin as suits the activation
    /// after it.
    /// </summary>
    protected internal virtual bool KeepsScale => false;

    /// <summary>Whether the outputs are the inputs under another shape: then the layer is no step of the walk.</summary>
    /// <param name="training">Whether the walk is one of training.</param>
    protected internal virtual bool IsView(bool training) => false;

    /// <summary>The shape of a sample's outputs.</summary>
    /// <param name="input">The shape of a sample's inputs.</param>
    /// <exception cref="ArgumentException">The layer does not take such inputs; the network adds which layer it is.</exception>
    protected internal abstract Shape OutputShape(Shape input);

    /// <summary>The parameters that the layer needs for such inputs.</summary>
    /// <param name="input">The shape of a sample's inputs, for which there is an <see cref="OutputShape"/>.</param>
    protected internal virtual IReadOnlyList<ParameterSpec> Parameters(Shape input) => [];

    /// <summary>Floating-point operations of <see cref="Forward"/> for one sample.</summary>
    /// <param name="input">The shape of a sample's inputs.</param>
    protected internal virtual long Flops(Shape input) => OutputShape(input).Length;

    /// <summary>Those of them that are not of layers inside this one.</summary>
    internal virtual long OwnFlops(Shape input) => Flops(input);

    /// <summary>What the layer keeps for one trainer or one predictor: buffers, packed weights; null if nothing.</summary>
    /// <param name="stage">The layer in its place.</param>
    /// <param name="maxBatch">The most samples of a pass.</param>
    /// <param name="training">Whether it is for a trainer.</param>
    protected internal virtual object? CreateState(Stage stage, int maxBatch, bool training) => null;

    /// <summary>Likewise, for a layer that has chains of others inside.</summary>
    /// <param name="stage">The layer in its place.</param>
    /// <param name="maxBatch">The most samples of a pass.</param>
    /// <param name="training">Whether it is for a trainer.</param>
    /// <param name="gradients">Where the gradients of these chains are to lie.</param>
    internal virtual object? CreateState(Stage stage, int maxBatch, bool training, GradientRoom gradients) => CreateState(stage, maxBatch, training);

    /// <summary>In prediction, before the first pass and before each that follows a change: makes anew what was made from parameters.</summary>
    /// <param name="pass">The layer's place, parameters and state; without inputs and outputs.</param>
    protected internal virtual void Refresh(in ForwardPass pass)
    {
    }

    /// <summary>Computes the outputs from the inputs.</summary>
    protected internal abstract void Forward(in ForwardPass pass);

    /// <summary>Computes the gradients of the parameters and, where wanted, of the inputs.</summary>
    protected internal abstract void Backward(in BackwardPass pass);

    /// <summary>Called at the end of a training step that has succeeded: moves what is measured rather than trained.</summary>
    /// <param name="stage">The layer in its place.</param>
    /// <param name="state">What <see cref="CreateState(Stage, int, bool)"/> made.</param>
    /// <param name="parameters">All parameters of the network, in which the stage's windows lie.</param>
    protected internal virtual void EndStep(Stage stage, object? state, Span<float> parameters)
    {
    }

    /// <summary>What <see cref="Forward"/> computes in training, in double precision.</summary>
    /// <exception cref="NotSupportedException">The layer has no such form.</exception>
    protected internal virtual void Shadow(in ShadowPass pass) => Throw.NoShadow(pass.Stage);

    /// <summary>Writes what the constructor needs to make the layer again, as properties of an open JSON object.</summary>
    /// <param name="writer">The writer, inside the object.</param>
    protected internal virtual void WriteOptions(Utf8JsonWriter writer)
    {
    }

    /// <summary>The layer in its place, for messages, such as <c>Dense(784 → 128)</c>.</summary>
    /// <param name="input">The shape of a sample's inputs.</param>
    protected internal virtual string Describe(Shape input) => $"{Kind}({input})";
}
