using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>Zeros around each channel. PyTorch's ZeroPad2d, ONNX's Pad.</summary>
/// <remarks>The patches of a window of one pixel are the padded image itself, and their adjoint cuts the padding off again.</remarks>
public sealed class Padding2D : Layer
{
    /// <summary>Describes the same padding on each side.</summary>
    /// <param name="padding">Pixels, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="padding"/> is negative.</exception>
    public Padding2D(int padding)
        : this(padding, padding, padding, padding)
    {
    }

    /// <summary>Describes a padding of each side.</summary>
    /// <param name="top">Lines before the first, 0 or more.</param>
    /// <param name="bottom">Lines after the last, 0 or more.</param>
    /// <param name="left">Columns before the first, 0 or more.</param>
    /// <param name="right">Columns after the last, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public Padding2D(int top, int bottom, int left, int right)
    {
        (Vertical, Horizontal) = (new(1, 1, top, bottom), new(1, 1, left, right));
        Vertical.Check();
        Horizontal.Check();
    }

    /// <summary>Lines before the first.</summary>
    public int Top => Vertical.PadBefore;

    /// <summary>Lines after the last.</summary>
    public int Bottom => Vertical.PadAfter;

    /// <summary>Columns before the first.</summary>
    public int Left => Horizontal.PadBefore;

    /// <summary>Columns after the last.</summary>
    public int Right => Horizontal.PadAfter;

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    private WindowAxis Vertical { get; }

    private WindowAxis Horizontal { get; }

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        ConvolutionShape shape = Sizes(1, input);
        return Shape.Image(input[0], shape.Output[1], shape.Output[2]);
    }

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => 0;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) =>
        Convolution.Im2Col(pass.Input, pass.Output, Sizes(pass.Samples, pass.Stage.Input));

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            Convolution.Col2Im(pass.DOutput, pass.DInput, Sizes(pass.Samples, pass.Stage.Input));
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
            (row, column) = (row - Top, column - Left);
            bool inside = row >= 0 && row < input[1] && column >= 0 && column < input[2];
            pass.Output[i] = inside ? pass.Input[(((plane * input[1]) + row) * input[2]) + column] : 0;
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => WindowOptions.Write(writer, "padding", Top, Left, Bottom, Right);

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) => $"{Kind}({input}, padding {Top}, {Bottom}, {Left}, {Right})";

    internal static Padding2D Read(JsonElement options)
    {
        JsonElement padding = options.GetProperty("padding");
        return new(padding[0].GetInt32(), padding[2].GetInt32(), padding[1].GetInt32(), padding[3].GetInt32());
    }

    private ConvolutionShape Sizes(int samples, Shape input) => new(samples, input, 1, Vertical, Horizontal);
}
