// README 6
using System.Numerics.Tensors;
using System.Text.Json;
using SimdNet.Layers;
using SimdNet.Memory;
// README end

namespace SimdNet.AotTest;

// README 6
/// <summary><c>y = s·x</c>, with a factor to learn for each feature; <c>ds = Σ dy·x</c> over the samples, <c>dx = s·dy</c>.</summary>
internal sealed class Scale(float start = 1) : Layer
{
    protected override Shape OutputShape(Shape input) => input;

    protected override IReadOnlyList<ParameterSpec> Parameters(Shape input) =>
        [new("factor", input, Initializer.Constant(start), ParameterRole.Scale)];

    protected override void Forward(in ForwardPass pass)
    {
        ReadOnlySpan<float> s = pass.Parameter(0);
        for (int i = 0; i < pass.Input.Length; i += s.Length)
        {
            TensorPrimitives.Multiply(pass.Input.Slice(i, s.Length), s, pass.Output[i..]);
        }
    }

    protected override void Backward(in BackwardPass pass)
    {
        ReadOnlySpan<float> s = pass.Parameter(0);
        Span<float> ds = pass.Gradient(0);
        ds.Clear();                                                     // it holds an older one
        for (int i = 0; i < pass.Input.Length; i += s.Length)
        {
            ReadOnlySpan<float> x = pass.Input.Slice(i, s.Length), dy = pass.DOutput.Slice(i, s.Length);
            TensorPrimitives.MultiplyAdd(dy, x, ds, ds);
            if (!pass.DInput.IsEmpty)                                   // of the first layer nobody wants it
            {
                TensorPrimitives.Multiply(dy, s, pass.DInput[i..]);
            }
        }
    }

    protected override void Shadow(in ShadowPass pass)                  // for the gradient check
    {
        for (int i = 0; i < pass.Input.Length; i++)
        {
            pass.Output[i] = pass.Input[i] * pass.Parameter(0)[i % pass.Stage.Input.Length];
        }
    }

    protected override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("start", start); // for files
}
// README end
