using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>The largest value of each window of each channel. PyTorch's MaxPool2d, ONNX's MaxPool; see <see cref="Pooling"/>.</summary>
public sealed class MaxPool2D : Layer
{
    /// <summary>Describes a pooling whose window is the same along height and width.</summary>
    /// <param name="kernel">Pixels of the window along each axis, 1 or more.</param>
    /// <param name="stride">Pixels from a window to the next; if none is given, the kernel.</param>
    /// <param name="padding">Pixels on each side that do not count, 0 to half of the kernel.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public MaxPool2D(int kernel, int? stride = null, int padding = 0)
        : this(WindowAxis.Of(kernel, stride ?? kernel, padding), WindowAxis.Of(kernel, stride ?? kernel, padding))
    {
    }

    /// <summary>Describes a pooling of any window.</summary>
    /// <param name="vertical">The window along the height, not dilated.</param>
    /// <param name="horizontal">The window along the width, not dilated.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public MaxPool2D(WindowAxis vertical, WindowAxis horizontal)
    {
        vertical.Check();
        horizontal.Check();
        (Vertical, Horizontal) = (vertical, horizontal);
    }

    /// <summary>The window along the height.</summary>
    public WindowAxis Vertical { get; }

    /// <summary>The window along the width.</summary>
    public WindowAxis Horizontal { get; }

    /// <summary>Whether each output is of four pixels of its own, and both axes are halved.</summary>
    internal bool IsHalving => Vertical == new WindowAxis(2, 2) && Horizontal == Vertical;

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => Sizes(1, input).Output;

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => (long)OutputShape(input).Length * Vertical.Kernel * Horizontal.Kernel;

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) => Pool(pass.Input, pass.Output, pass.Samples, pass.Stage.Input);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            Pooling.MaxBackward(pass.Input, pass.Output, pass.DOutput, pass.DInput, Sizes(pass.Samples, pass.Stage.Input));
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass) =>
        PoolingShadow.Run(pass.Input, pass.Output, Sizes(pass.Samples, pass.Stage.Input), (values, _) => values.Max());

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => WindowOptions.Write(writer, Vertical, Horizontal);

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) => $"{Kind}({input}, {WindowOptions.Describe(Vertical, Horizontal)})";

    internal void Pool(ReadOnlySpan<float> x, Span<float> y, int samples, Shape input) => Pooling.MaxForward(x, y, Sizes(samples, input));

    internal static MaxPool2D Read(JsonElement options)
    {
        (WindowAxis vertical, WindowAxis horizontal) = WindowOptions.Read(options);
        return new(vertical, horizontal);
    }

    private PoolingShape Sizes(int samples, Shape input) => new(samples, input, Vertical, Horizontal);
}
