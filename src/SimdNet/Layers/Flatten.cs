using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>All values of a sample as one vector, in their order. It moves nothing.</summary>
public sealed class Flatten : Layer
{
    internal override bool IsView => true;

    internal override Shape OutputShape(Shape input) => Shape.Vector(input.Length);

    internal override void Forward(in ForwardPass pass)
    {
    }

    internal override void Backward(in BackwardPass pass)
    {
    }
}
