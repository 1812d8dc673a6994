using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// The transpose of a convolution, which makes images larger where that makes them smaller: X [batch, in, height, width],
/// W [in, out/groups, kernelHeight, kernelWidth], b [out], Y [batch, out, (height - 1)·stride - padding + extent + outputPadding, …].
/// </summary>
/// <remarks>PyTorch's ConvTranspose2d, ONNX's ConvTranspose; see <see cref="Convolution.ForwardTransposed{TActivation}"/>.</remarks>
public sealed class ConvTranspose2D : Layer
{
    private const int Weight = 0, Bias = 1;

    /// <summary>Describes a transposed convolution whose window is the same along height and width.</summary>
    /// <param name="outChannels">The channels of an output, 1 or more.</param>
    /// <param name="kernel">The taps of the window along each axis, 1 or more.</param>
    /// <param name="stride">Output pixels from an input's window to the next, 1 or more.</param>
    /// <param name="padding">Output pixels cut off on each side, 0 or more.</param>
    /// <param name="outputPadding">Output pixels that no input reaches, behind the last; 0 or more, less than the stride.</param>
    /// <param name="dilation">Output pixels from a tap to the next, 1 or more.</param>
    /// <param name="groups">Output channels of a group see its input channels only; divides both numbers, 1 or more.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">
    /// How the weights begin; if none is given, as the activation after it asks: He, LeCun or Glorot. Biases begin at 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ConvTranspose2D(
        int outChannels, int kernel, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1, bool bias = true,
        Initializer? initializer = null)
        : this(
            outChannels, WindowAxis.Of(kernel, stride, padding, dilation), WindowAxis.Of(kernel, stride, padding, dilation), outputPadding,
            outputPadding, groups, bias, initializer)
    {
    }

    /// <summary>Describes a transposed convolution of any window.</summary>
    /// <param name="outChannels">The channels of an output, 1 or more.</param>
    /// <param name="vertical">The window along the height.</param>
    /// <param name="horizontal">The window along the width.</param>
    /// <param name="verticalOutputPadding">Output pixels that no input reaches, below the last.</param>
    /// <param name="horizontalOutputPadding">Output pixels that no input reaches, right of the last.</param>
    /// <param name="groups">Output channels of a group see its input channels only; divides both numbers, 1 or more.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">
    /// How the weights begin; if none is given, as the activation after it asks: He, LeCun or Glorot. Biases begin at 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ConvTranspose2D(
        int outChannels, WindowAxis vertical, WindowAxis horizontal, int verticalOutputPadding = 0, int horizontalOutputPadding = 0,
        int groups = 1, bool bias = true, Initializer? initializer = null)
    {
        Guard.Positive(outChannels, nameof(outChannels));
        vertical.Check();
        horizontal.Check();
        Guard.InRange(verticalOutputPadding, 0, vertical.Stride - 1, "outputPadding");
        Guard.InRange(horizontalOutputPadding, 0, horizontal.Stride - 1, "outputPadding");
        Guard.Positive(groups, nameof(groups));
        (OutChannels, Vertical, Horizontal, Groups, HasBias, Initializer) = (outChannels, vertical, horizontal, groups, bias, initializer);
        (VerticalOutputPadding, HorizontalOutputPadding) = (verticalOutputPadding, horizontalOutputPadding);
    }

    /// <summary>The channels of an output.</summary>
    public int OutChannels { get; }

    /// <summary>The window along the height.</summary>
    public WindowAxis Vertical { get; }

    /// <summary>The window along the width.</summary>
    public WindowAxis Horizontal { get; }

    /// <summary>Output pixels that no input reaches, below the last.</summary>
    public int VerticalOutputPadding { get; }

    /// <summary>Output pixels that no input reaches, right of the last.</summary>
    public int HorizontalOutputPadding { get; }

    /// <summary>The number of groups.</summary>
    public int Groups { get; }

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias { get; }

    /// <summary>How the weights begin, if that was given.</summary>
    public Initializer? Initializer { get; }

    internal override bool TakesActivation => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => Sizes(1, input).Image;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input)
    {
        ParameterSpec weight = new("weight", Sizes(1, input).Weight, Initializer);
        return HasBias ? [weight, new("bias", new Shape(OutChannels), Initializer.Zero, ParameterRole.Bias)] : [weight];
    }

    /// <inheritdoc/>
    protected internal override long Flops(Shape input)
    {
        ConvolutionShape shape = Sizes(1, input);
        return shape.Flops + (HasBias ? shape.InputLength : 0);
    }

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass)
    {
        FusedProduct product = pass.Stage.Activation?.FusedProduct ?? FusedProduct.Plain;
        product.ConvolveTransposed(
            pass.Input, pass.Parameter(Weight), HasBias ? pass.Parameter(Bias) : [], pass.Output, Sizes(pass.Samples, pass.Stage.Input));
    }

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        ConvolutionShape shape = Sizes(pass.Samples, pass.Stage.Input);
        Conv2D.BackwardBias(pass, OutChannels, HasBias ? pass.Gradient(Bias) : []);
        Convolution.BackwardWeight(pass.DOutput, pass.Input, pass.Gradient(Weight), in shape);
        if (!pass.DInput.IsEmpty)
        {
            Convolution.Forward(pass.DOutput, pass.Parameter(Weight), [], pass.DInput, in shape);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass) => ConvolutionShadow.Run(
        pass.Input, pass.Parameter(Weight), HasBias ? pass.Parameter(Bias) : [], pass.Output, Sizes(pass.Samples, pass.Stage.Input),
        transposed: true);

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteNumber("outChannels", OutChannels);
        WindowOptions.Write(writer, Vertical, Horizontal);
        WindowOptions.Write(writer, "outputPadding", VerticalOutputPadding, HorizontalOutputPadding);
        writer.WriteNumber("groups", Groups);
        writer.WriteBoolean("bias", HasBias);
    }

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) =>
        $"{Kind}({input} → {OutChannels}, {WindowOptions.Describe(Vertical, Horizontal)}{(Groups == 1 ? "" : $", groups {Groups}")})";

    internal static ConvTranspose2D Read(JsonElement options)
    {
        (WindowAxis vertical, WindowAxis horizontal) = WindowOptions.Read(options);
        JsonElement padding = options.GetProperty("outputPadding");
        return new(
            options.GetProperty("outChannels").GetInt32(), vertical, horizontal, padding[0].GetInt32(), padding[1].GetInt32(),
            options.GetProperty("groups").GetInt32(), options.GetProperty("bias").GetBoolean());
    }

    /// <summary>The convolution whose transpose this is: from Y to X.</summary>
    private ConvolutionShape Sizes(int samples, Shape input)
    {
        input.RequireImage(nameof(input));
        Shape output = new(OutChannels, Vertical.InputSize(input[1], VerticalOutputPadding), Horizontal.InputSize(input[2], HorizontalOutputPadding));
        return new(samples, output, input[0], Vertical, Horizontal, Groups);
    }
}
