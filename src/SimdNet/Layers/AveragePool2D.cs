using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>The mean of each window of each channel. PyTorch's AvgPool2d, ONNX's AveragePool; see <see cref="Pooling"/>.</summary>
public sealed class AveragePool2D : Layer
{
    /// <summary>Describes a pooling whose window is the same along height and width.</summary>
    /// <param name="kernel">Pixels of the window along each axis, 1 or more.</param>
    /// <param name="stride">Pixels from a window to the next; if none is given, the kernel.</param>
    /// <param name="padding">Pixels on each side, 0 to half of the kernel.</param>
    /// <param name="countPadding">Whether padding counts as zeros, as PyTorch has it, or else not at all, as ONNX has it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public AveragePool2D(int kernel, int? stride = null, int padding = 0, bool countPadding = true)
        : this(WindowAxis.Of(kernel, stride ?? kernel, padding), WindowAxis.Of(kernel, stride ?? kernel, padding), countPadding)
    {
    }

    /// <summary>Describes a pooling of any window.</summary>
    /// <param name="vertical">The window along the height, not dilated.</param>
    /// <param name="horizontal">The window along the width, not dilated.</param>
    /// <param name="countPadding">Whether padding counts as zeros, or else not at all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public AveragePool2D(WindowAxis vertical, WindowAxis horizontal, bool countPadding = true)
    {
        vertical.Check();
        horizontal.Check();
        (Vertical, Horizontal, CountPadding) = (vertical, horizontal, countPadding);
    }

    /// <summary>The window along the height.</summary>
    public WindowAxis Vertical { get; }

    /// <summary>The window along the width.</summary>
    public WindowAxis Horizontal { get; }

    /// <summary>Whether padding counts as zeros, or else not at all.</summary>
    public bool CountPadding { get; }

    /// <inheritdoc/>
    protected internal override bool KeepsScale => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => Sizes(1, input).Output;

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => (long)OutputShape(input).Length * ((Vertical.Kernel * Horizontal.Kernel) + 1);

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) =>
        Pooling.AverageForward(pass.Input, pass.Output, Sizes(pass.Samples, pass.Stage.Input), CountPadding);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            Pooling.AverageBackward(pass.DOutput, pass.DInput, Sizes(pass.Samples, pass.Stage.Input), CountPadding);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass) => PoolingShadow.Run(
        pass.Input, pass.Output, Sizes(pass.Samples, pass.Stage.Input), (values, taps) => values.Sum() / (CountPadding ? taps : values.Count));

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        WindowOptions.Write(writer, Vertical, Horizontal);
        writer.WriteBoolean("countPadding", CountPadding);
    }

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) => $"{Kind}({input}, {WindowOptions.Describe(Vertical, Horizontal)})";

    internal static AveragePool2D Read(JsonElement options)
    {
        (WindowAxis vertical, WindowAxis horizontal) = WindowOptions.Read(options);
        return new(vertical, horizontal, options.GetProperty("countPadding").GetBoolean());
    }

    private PoolingShape Sizes(int samples, Shape input) => new(samples, input, Vertical, Horizontal);
}
