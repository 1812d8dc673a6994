using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>The mean of each channel: [channels, height, width] → [channels]. ONNX's GlobalAveragePool and a Flatten.</summary>
public sealed class GlobalAveragePool2D : Layer
{
    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        input.RequireImage(nameof(input));
        return Shape.Vector(input[0]);
    }

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => (long)input.Length + input[0];

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) => Pooling.GlobalAverageForward(pass.Input, Area(pass.Stage), pass.Output);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            Pooling.GlobalAverageBackward(pass.DOutput, Area(pass.Stage), pass.DInput);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        int area = Area(pass.Stage);
        pass.Output.Clear();
        for (int i = 0; i < pass.Input.Length; i++)
        {
            pass.Output[i / area] += pass.Input[i] / area;
        }
    }

    private static int Area(Stage stage) => stage.Input[1] * stage.Input[2];
}
