using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>
/// Convolutions of images, float32, whose patches are never written out: <c>y = activation(w·patches(x) + bias)</c>. An output's bits do not
/// depend on the batch, the threads and the width of the vectors.
/// </summary>
/// <remarks>
/// What is called convolution is a correlation: the kernel is not turned round. PyTorch's conv2d, ONNX's Conv. Nothing is allocated once a
/// thread has its scratch: as much as a product's, and room for the weights, laid out anew. The order of a sum, and the bound of its error,
/// are those of <see cref="ConvolutionShape.Algorithm"/>, chosen by the shape of one image where that is left open.
/// </remarks>
public static unsafe partial class Convolution
{
    /// <summary><c>y[n, o, i, j] ← Σ w[o, c, s, t]·x[n, c, i·stride - pad + s·dilation, j·stride - pad + t·dilation] + bias[o]</c></summary>
    /// <inheritdoc cref="Forward{TActivation}(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, in ConvolutionShape, TActivation, int)"/>
    public static void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape, int maxThreads = 0) =>
        Forward(x, w, bias, y, in shape, default(Identity), maxThreads);

    /// <summary>
    /// <c>y[n, o, i, j] ← activation(Σ w[o, c, s, t]·x[n, c, i·stride - pad + s·dilation, j·stride - pad + t·dilation] + bias[o])</c>
    /// </summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="w">[outChannels, channels/groups, kernelHeight, kernelWidth].</param>
    /// <param name="bias">[outChannels], or empty.</param>
    /// <param name="y">[batch, outChannels, outHeight, outWidth], written; it must not overlap an operand.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="activation">Applied to every output, last.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or y overlaps an operand.</exception>
    public static void Forward<TActivation>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape,
        TActivation activation, int maxThreads = 0)
        where TActivation : struct, IUnaryOperator =>
        ForwardPacked(x, w, packed: null, bias, y, in shape, activation, pools: false, maxThreads);

    /// <summary>
    /// Likewise, with weights that may also be packed; and where <see cref="Winograd"/> takes the shape, it may put out the largest of each 2 × 2 outputs only.
    /// </summary>
    internal static void ForwardPacked<TActivation>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, PackedWinograd? packed, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape,
        TActivation activation, bool pools, int maxThreads = 0)
        where TActivation : struct, IUnaryOperator
    {
        Guard.Length(x.Length, shape.InputLength, nameof(x));
        Guard.Length(w.Length, shape.Weight.Length, nameof(w));
        Guard.Length(bias.Length, bias.IsEmpty ? 0 : shape.OutChannels, nameof(bias));
        Guard.Length(y.Length, pools ? shape.PooledLength : shape.OutputLength, nameof(y));
        Guard.Apart(x, y, nameof(x), nameof(y));
        Guard.Apart(w, y, nameof(w), nameof(y));
        Guard.Apart(bias, y, nameof(bias), nameof(y));
        Guard.NotNegative(maxThreads, nameof(maxThreads));
        fixed (float* input = x, weight = w, addend = bias, output = y)
        {
            if (Winograd.Takes(in shape))
            {
                RunTiles<Winograd.StrideOne, TActivation>(in shape, input, weight, packed, addend, output, activation, pools, maxThreads);
            }
            else if (Winograd.TakesStrideTwo(in shape))
            {
                RunTiles<Winograd.StrideTwo, TActivation>(in shape, input, weight, packed, addend, output, activation, pools: false, maxThreads);
            }
            else if (Depthwise.Takes(in shape))
            {
                RunPlanes(new DepthwiseForward<TActivation>(shape, input, weight, addend, output, activation), in shape, maxThreads);
            }
            else if (IsByLines(in shape))
            {
                RunLines(in shape, input, weight, addend, output, activation, maxThreads);
            }
            else
            {
                RunGroups(new ForwardGroups<TActivation>(shape, input, weight, addend, output, activation), in shape, maxThreads);
            }
        }
    }

    /// <summary>The gradient of the inputs: <c>dInput ← wᵀ·dOutput</c>, each gradient of an output carried back along its window.</summary>
    /// <param name="dOutput">[batch, outChannels, outHeight, outWidth].</param>
    /// <param name="w">[outChannels, channels/groups, kernelHeight, kernelWidth].</param>
    /// <param name="dInput">[batch, channels, height, width], written; it must not overlap an operand.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or <paramref name="dInput"/> overlaps an operand.</exception>
    public static void BackwardInput(
        ReadOnlySpan<float> dOutput, ReadOnlySpan<float> w, Span<float> dInput, in ConvolutionShape shape, int maxThreads = 0)
    {
        Guard.Length(dOutput.Length, shape.OutputLength, nameof(dOutput));
        Guard.Length(w.Length, shape.Weight.Length, nameof(w));
        Guard.Length(dInput.Length, shape.InputLength, nameof(dInput));
        Guard.Apart(dOutput, dInput, nameof(dOutput), nameof(dInput));
        Guard.Apart(w, dInput, nameof(w), nameof(dInput));
        Guard.NotNegative(maxThreads, nameof(maxThreads));
        CarryBack(dOutput, w, [], dInput, in shape, default(Identity), maxThreads);
    }

    /// <summary>
    /// The transposed convolution, <c>y ← activation(wᵀ·x + bias)</c>: what <see cref="BackwardInput"/> computes, used forward. PyTorch's
    /// conv_transpose2d, ONNX's ConvTranspose.
    /// </summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="x">[batch, outChannels, outHeight, outWidth] of the convolution.</param>
    /// <param name="w">[outChannels, channels/groups, kernelHeight, kernelWidth] of the convolution.</param>
    /// <param name="bias">[channels], or empty.</param>
    /// <param name="y">[batch, channels, height, width], written; it must not overlap an operand.</param>
    /// <param name="shape">The sizes of the convolution whose transpose it is: from y to x.</param>
    /// <param name="activation">Applied to every output, last.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or y overlaps an operand.</exception>
    public static void ForwardTransposed<TActivation>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape,
        TActivation activation, int maxThreads = 0)
        where TActivation : struct, IUnaryOperator
    {
        Guard.Length(x.Length, shape.OutputLength, nameof(x));
        Guard.Length(w.Length, shape.Weight.Length, nameof(w));
        Guard.Length(bias.Length, bias.IsEmpty ? 0 : shape.Channels, nameof(bias));
        Guard.Length(y.Length, shape.InputLength, nameof(y));
        Guard.Apart(x, y, nameof(x), nameof(y));
        Guard.Apart(w, y, nameof(w), nameof(y));
        Guard.Apart(bias, y, nameof(bias), nameof(y));
        Guard.NotNegative(maxThreads, nameof(maxThreads));
        CarryBack(x, w, bias, y, in shape, activation, maxThreads);
    }

    /// <summary>
    /// The gradient of the weights: <c>dW ← dOutput·patches(x)ᵀ</c>, summed in order over the pixels of one image after the other. Where they are many
    /// for the weights, the pixels of all images are cut into two, four or eight parts, a matter of the shape alone, whose sums are added in order.
    /// </summary>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="dOutput">[batch, outChannels, outHeight, outWidth].</param>
    /// <param name="dW">[outChannels, channels/groups, kernelHeight, kernelWidth], written; it must not overlap an operand.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or <paramref name="dW"/> overlaps an operand.</exception>
    public static void BackwardWeight(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dOutput, Span<float> dW, in ConvolutionShape shape, int maxThreads = 0)
    {
        Guard.Length(x.Length, shape.InputLength, nameof(x));
        Guard.Length(dOutput.Length, shape.OutputLength, nameof(dOutput));
        Guard.Length(dW.Length, shape.Weight.Length, nameof(dW));
        Guard.Apart(x, dW, nameof(x), nameof(dW));
        Guard.Apart(dOutput, dW, nameof(dOutput), nameof(dW));
        Guard.NotNegative(maxThreads, nameof(maxThreads));
        fixed (float* input = x, gradient = dOutput, dWeight = dW)
        {
            if (Winograd.TakesWeights(in shape))
            {
                RunGroups(new WinogradWeightGroups(shape, input, gradient, dWeight), in shape, maxThreads);
            }
            else if (Depthwise.Takes(in shape))
            {
                RunPlanes(new DepthwiseBackwardWeight(shape, input, gradient, dWeight), in shape, maxThreads);
            }
            else
            {
                float* room = RoomForWeights(dW.Length * MostWeightParts(in shape));
                RunGroups(new BackwardWeightGroups(shape, input, gradient, room, dWeight), in shape, maxThreads);
            }
        }
    }

    /// <summary>
    /// The gradient of the bias: <c>dBias[o] ← Σ dOutput[n, o, i, j]</c>, of each image as <c>Loops.Fold</c> sums, image after image.
    /// </summary>
    /// <param name="dOutput">[batch, outChannels, outHeight, outWidth].</param>
    /// <param name="dBias">[outChannels], written; it must not overlap <paramref name="dOutput"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">
    /// A length does not fit the sizes, or <paramref name="dBias"/> overlaps <paramref name="dOutput"/>.
    /// </exception>
    public static void BackwardBias(ReadOnlySpan<float> dOutput, Span<float> dBias, in ConvolutionShape shape, int maxThreads = 0)
    {
        Guard.Length(dOutput.Length, shape.OutputLength, nameof(dOutput));
        Reductions.ChannelSums(dOutput, shape.Batch, shape.OutChannels, shape.OutArea, dBias, maxThreads);
    }

    private static void CarryBack<TActivation>(
        ReadOnlySpan<float> dOutput, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> dInput, in ConvolutionShape shape,
        TActivation activation, int maxThreads)
        where TActivation : struct, IUnaryOperator
    {
        fixed (float* gradient = dOutput, weight = w, addend = bias, result = dInput)
        {
            if (Winograd.Takes(in shape))
            {
                float* room = WinogradRoom(in shape, new(shape.Batch, shape.Image[1], shape.Image[2]));
                WinogradGroups<Winograd.StrideOne, TActivation> groups = new(shape, gradient, weight, addend, room, result, activation, back: true);
                RunGroups(groups, in shape, maxThreads);
            }
            else if (Depthwise.Takes(in shape))
            {
                RunPlanes(new DepthwiseBackwardInput<TActivation>(shape, gradient, weight, addend, result, activation), in shape, maxThreads);
            }
            else if (IsByColumns(in shape))
            {
                float* turned = TurnedWeights(weight, in shape, maxThreads);
                RunPlanes(new BackwardInputImages<TActivation>(shape, gradient, turned, addend, result, activation), in shape, maxThreads);
            }
            else
            {
                float* room = RoomForWeights(w.Length);
                RunGroups(new BackwardInputGroups<TActivation>(shape, gradient, weight, addend, room, result, activation), in shape, maxThreads);
            }
        }
    }
}
