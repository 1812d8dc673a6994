using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>All values of a sample as one vector, in their order. It moves nothing.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override bool IsView(bool training) => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => Shape.Vector(input.Length);

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => 0;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) => Throw.View(pass.Stage);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass) => Throw.View(pass.Stage);
}
