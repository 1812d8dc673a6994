using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>Each pixel as a square of pixels of its value. PyTorch's Upsample and ONNX's Resize, nearest.</summary>
/// <remarks>It is the adjoint of summing those squares, and the other way round.</remarks>
public sealed class Upsample : Layer
{
    /// <summary>Describes a magnification.</summary>
    /// <param name="factor">The side of a square, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is below 1.</exception>
    public Upsample(int factor)
    {
        Guard.Positive(factor, nameof(factor));
        Factor = factor;
    }

    /// <summary>The side of a square.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        input.RequireImage(nameof(input));
        WindowAxis window = WindowAxis.Of(Factor, Factor, 0);
        return Shape.Image(input[0], window.InputSize(input[1]), window.InputSize(input[2]));
    }

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => 0;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) => Pooling.SumBackward(pass.Input, pass.Output, Sizes(pass.Samples, pass.Stage));

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            Pooling.SumForward(pass.DOutput, pass.DInput, Sizes(pass.Samples, pass.Stage));
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        (Shape input, Shape output) = (pass.Stage.Input, pass.Stage.Output);
        for (int i = 0; i < pass.Output.Length; i++)
        {
            (int line, int column) = Math.DivRem(i, output[2]);
            (int plane, int row) = Math.DivRem(line, output[1]);
            pass.Output[i] = pass.Input[(((plane * input[1]) + (row / Factor)) * input[2]) + (column / Factor)];
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("factor", Factor);

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) => $"{Kind}({input}, factor {Factor})";

    /// <summary>The pooling whose adjoint this is: from the outputs to the inputs.</summary>
    private PoolingShape Sizes(int samples, Stage stage) =>
        new(samples, stage.Output, WindowAxis.Of(Factor, Factor, 0), WindowAxis.Of(Factor, Factor, 0));
}
