using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Tests.Support;

/// <summary>A test's layer: y = x, and a statistic that counts the training steps that have succeeded.</summary>
internal sealed class Meter : Layer
{
    protected internal override Shape OutputShape(Shape input) => input;

    protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input) =>
        [new("steps", new Shape(1), Initializer.Zero, ParameterRole.Statistic)];

    protected internal override void Forward(in ForwardPass pass) => pass.Input.CopyTo(pass.Output);

    protected internal override void Backward(in BackwardPass pass) => pass.DOutput[..pass.DInput.Length].CopyTo(pass.DInput);

    protected internal override void EndStep(Stage stage, object? state, Span<float> parameters) => parameters[stage.Parameters[0].Offset]++;
}
