using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// A convolution: X [batch, in, height, width], W [out, in/groups, kernelHeight, kernelWidth], b [out], Y [batch, out, outHeight, outWidth].
/// </summary>
/// <remarks>PyTorch's Conv2d, ONNX's Conv; see <see cref="Convolution"/>.</remarks>
public sealed class Conv2D : Layer
{
    private const int Weight = 0, Bias = 1;

    /// <summary>The outputs that are made before they are pooled, if there are several images: 1 MiB of them.</summary>
    private const int SliceLength = 1 << 18;

    /// <summary>The most products of an output's sum beside which its pooling counts. With 400 of them it takes 2 % of both.</summary>
    private const int MostProducts = 256;

    /// <summary>Describes a convolution whose window is the same along height and width.</summary>
    /// <param name="outChannels">The channels of an output, 1 or more.</param>
    /// <param name="kernel">The taps of the window along each axis, 1 or more.</param>
    /// <param name="stride">Pixels from an output's window to the next, 1 or more.</param>
    /// <param name="padding">Zeros on each side, 0 or more.</param>
    /// <param name="dilation">Pixels from a tap to the next, 1 or more.</param>
    /// <param name="groups">Output channels of a group see its input channels only; divides both numbers, 1 or more.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">How the weights begin; if none is given, as the activation after it asks: He, LeCun or Glorot. Biases begin at 0.</param>
    /// <param name="algorithm">How it is computed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Conv2D(
        int outChannels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
        Initializer? initializer = null, ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.Auto)
        : this(
            outChannels, WindowAxis.Of(kernel, stride, padding, dilation), WindowAxis.Of(kernel, stride, padding, dilation), groups, bias, initializer,
            algorithm)
    {
    }

    /// <summary>Describes a convolution of any window.</summary>
    /// <param name="outChannels">The channels of an output, 1 or more.</param>
    /// <param name="vertical">The window along the height.</param>
    /// <param name="horizontal">The window along the width.</param>
    /// <param name="groups">Output channels of a group see its input channels only; divides both numbers, 1 or more.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">How the weights begin; if none is given, as the activation after it asks: He, LeCun or Glorot. Biases begin at 0.</param>
    /// <param name="algorithm">How it is computed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Conv2D(
        int outChannels, WindowAxis vertical, WindowAxis horizontal, int groups = 1, bool bias = true, Initializer? initializer = null,
        ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.Auto)
    {
        Guard.Positive(outChannels, nameof(outChannels));
        vertical.Check();
        horizontal.Check();
        Guard.Positive(groups, nameof(groups));
        (OutChannels, Vertical, Horizontal, Groups, HasBias, Initializer) = (outChannels, vertical, horizontal, groups, bias, initializer);
        Algorithm = algorithm;
    }

    /// <summary>The channels of an output.</summary>
    public int OutChannels { get; }

    /// <summary>The window along the height.</summary>
    public WindowAxis Vertical { get; }

    /// <summary>The window along the width.</summary>
    public WindowAxis Horizontal { get; }

    /// <summary>The number of groups.</summary>
    public int Groups { get; }

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias { get; }

    /// <summary>How the weights begin, if that was given.</summary>
    public Initializer? Initializer { get; }

    /// <summary>How it is computed.</summary>
    public ConvolutionAlgorithm Algorithm { get; }

    internal override bool TakesActivation => true;

    internal override bool TakesNormalization => true;

    /// <summary>
    /// Either tile by tile, or a slice of images while their outputs are in a near cache. Measured in slices, whole predictions by one thread: 256 images of
    /// 1×28×28, to 16 first, 9 % faster; of 3×32×32, to 32 by 5 × 5, then windows of 3 × 3, 10 %; 8 of 3×224×224, by 7 × 7 at stride 2 and 3 × 3, 7 %; LeNet-5, and
    /// one image, as fast. Half as large, slices cost two threads 8 % of LeNet-5.
    /// </summary>
    internal override bool TakesPooling(Shape input, MaxPool2D pooling)
    {
        ConvolutionShape shape = Sizes(1, input);
        return Winograd.Takes(in shape) ? pooling.IsHalving : shape.Weight.Length / OutChannels <= MostProducts;
    }

    internal override bool KeepsDOutput(Stage stage) => stage.Activation is null;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input) => Sizes(1, input).Output;

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
        return shape.Flops + (HasBias ? shape.OutputLength : 0);
    }

    /// <inheritdoc/>
    protected internal override object? CreateState(Stage stage, int maxBatch, bool training)
    {
        ConvolutionShape shape = Sizes(1, stage.Input);
        return training ? null : new PredictorState(
            stage.Normalization is null ? null : new FoldedProduct(stage),
            PackedWinograd.Of(Sizes(maxBatch, stage.Input)),
            stage.Pooling is null || Winograd.Takes(in shape) ? null : new(shape.OutputLength * Math.Clamp(SliceLength / shape.OutputLength, 1, maxBatch)));
    }

    /// <inheritdoc/>
    protected internal override void Refresh(in ForwardPass pass)
    {
        PredictorState state = (PredictorState)pass.State!;
        state.Folded?.Refresh(pass);
        state.Packed?.Pack(WeightOf(pass, state));
    }

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass)
    {
        if (pass.State is not PredictorState { Slice: { } slice })
        {
            Convolve(pass, pass.Input, pass.Output, pass.Samples, pools: pass.Stage.Pooling is not null);
            return;
        }

        MaxPool2D pooling = pass.Stage.Pooling!;
        Shape made = OutputShape(pass.Stage.Input);
        (int input, int output, int atOnce) = (pass.Stage.Input.Length, pass.Stage.Output.Length, slice.Length / made.Length);
        for (int first = 0; first < pass.Samples; first += atOnce)
        {
            int samples = Math.Min(atOnce, pass.Samples - first);
            Span<float> outputs = slice.Span[..(samples * made.Length)];
            Convolve(pass, pass.Input.Slice(first * input, samples * input), outputs, samples, pools: false);
            pooling.Pool(outputs, pass.Output.Slice(first * output, samples * output), samples, made);
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        ConvolutionShape shape = Sizes(pass.Samples, pass.Stage.Input);
        BackwardBias(pass, OutChannels, HasBias ? pass.Gradient(Bias) : []);
        Convolution.BackwardWeight(pass.Input, pass.DOutput, pass.Gradient(Weight), in shape);
        if (!pass.DInput.IsEmpty)
        {
            Convolution.BackwardInput(pass.DOutput, pass.Parameter(Weight), pass.DInput, in shape);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass) => ConvolutionShadow.Run(
        pass.Input, pass.Parameter(Weight), HasBias ? pass.Parameter(Bias) : [], pass.Output, Sizes(pass.Samples, pass.Stage.Input),
        transposed: false);

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteNumber("outChannels", OutChannels);
        WindowOptions.Write(writer, Vertical, Horizontal);
        writer.WriteNumber("groups", Groups);
        writer.WriteBoolean("bias", HasBias);
        if (Algorithm != ConvolutionAlgorithm.Auto)
        {
            writer.WriteString("algorithm", Algorithm.ToString());
        }
    }

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) =>
        $"{Kind}({input} → {OutChannels}, {WindowOptions.Describe(Vertical, Horizontal)}{(Groups == 1 ? "" : $", groups {Groups}")})";

    internal static Conv2D Read(JsonElement options)
    {
        (WindowAxis vertical, WindowAxis horizontal) = WindowOptions.Read(options);
        return new(
            options.GetProperty("outChannels").GetInt32(), vertical, horizontal, options.GetProperty("groups").GetInt32(),
            options.GetProperty("bias").GetBoolean(), algorithm: WindowOptions.ReadAlgorithm(options));
    }

    /// <summary>The way back through the activation, and the gradient of the bias, each where there is one.</summary>
    internal static void BackwardBias(in BackwardPass pass, int channels, Span<float> dBias)
    {
        if (dBias.IsEmpty)
        {
            pass.Stage.Activation?.Backward(pass.Output, pass.DOutput, pass.DOutput);
        }
        else if (pass.Stage.Activation is { } activation)
        {
            activation.Backward(pass.Output, pass.DOutput, pass.Samples, channels, dBias);
        }
        else
        {
            Reductions.ChannelSums(pass.DOutput, pass.Samples, channels, pass.DOutput.Length / pass.Samples / channels, dBias);
        }
    }

    private void Convolve(in ForwardPass pass, ReadOnlySpan<float> x, Span<float> y, int samples, bool pools)
    {
        PredictorState? state = pass.State as PredictorState;
        FusedProduct.Of(pass.Stage).Convolve(
            x, WeightOf(pass, state), state?.Packed, BiasOf(pass, state), y, Sizes(samples, pass.Stage.Input), pools);
    }

    private static ReadOnlySpan<float> WeightOf(in ForwardPass pass, PredictorState? state) =>
        state?.Folded is { } folded ? folded.Weight : pass.Parameter(Weight);

    private ReadOnlySpan<float> BiasOf(in ForwardPass pass, PredictorState? state) =>
        state?.Folded is { } folded ? folded.Bias : HasBias ? pass.Parameter(Bias) : [];

    private ConvolutionShape Sizes(int samples, Shape input) =>
        new(samples, input, OutChannels, Vertical, Horizontal, Groups) { Algorithm = Algorithm };

    /// <summary>What a predictor makes of the weights, and its room for outputs that are not pooled yet.</summary>
    private sealed record PredictorState(FoldedProduct? Folded, PackedWinograd? Packed, AlignedBuffer? Slice);
}
