namespace SimdNet.Kernels;

/// <summary>
/// Convolutions by 3 × 3 weights, a tile of 4 × 4 outputs from 36 multiplications of each channel where the sum itself takes 144. A tile's 6 × 6 pixels d
/// and the weights g are taken to 6 × 6 points, multiplied there and summed over channels, and taken back; for stride 2 see <see cref="StrideTwo"/>:
/// <code>
/// Y = Aᵀ[ Σ (G·g·Gᵀ) ⊙ (Bᵀ·d·B) ]·A
///
/// V [36, channels, tiles]        pixels at the points: for some tiles at a time, in the near caches
/// U [36, outChannels, channels]  weights at the points, once for each call
/// M [36, outChannels, tiles]     M = U·V, 36 products of matrices, read back where they have just been written
/// </code>
/// </summary>
/// <remarks>
/// S. Winograd, "Arithmetic complexity of computations" (1980); A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks" (2016); on points and
/// errors B. Barabasz et al., "Error analysis and improving the accuracy of Winograd convolution" (2020). A channel's sum is formed in order of the
/// input channels; no bit depends on which tiles share a block.
/// <para>
/// F(2×2, 3×3) has as many products or more wherever an image has more than 3 × 3 outputs; they alone, in µs beside all of F(4×4): 8×64×28×28 to 64 870 and 790,
/// 1×64×56×56 410 and 380, 8×512×7×7 to 512 6550 and 3680, 8×64×6×6 47 and 88, whose own products take 41; 8×64×4×4 18 and 55, of 25, which is too little
/// to gain for transforms of their own. At 8×128×2×2, 40 and 175, the direct form takes 70.
/// </para>
/// </remarks>
internal static unsafe partial class Winograd
{
    /// <summary>Tiles of a block: two vectors of the widest machine, a panel of the products.</summary>
    public const int MostTiles = 32;

    private const int Taps = 9, Points = 6, Frequencies = Points * Points;

    /// <summary>Between the matrices of two frequencies, so that they do not share cache sets; a transform's last vector may reach into it.</summary>
    private const int Gap = 16;

    /// <summary>A line of a block's pixels, and what the last vectors write or read past its end.</summary>
    private const int LineLength = (MostTiles * TileGrid.Side) + Gemm.Blocking.MaxWidth;

    /// <summary>Six lines further are the same from their fifth pixel on.</summary>
    private const int ShiftedLines = Points * LineLength;

    /// <summary>Output channels whose products are formed before they are taken back.</summary>
    private const int OutChannelsAtOnce = 48;

    /// <summary>
    /// Multiplications to be saved for each weight. Measured forward with 128 channels, one image and eight: at 2 × 2 outputs, where none are, the direct form is
    /// 3.2 and 2.4 times as fast, at 3 × 3, where 45 are, 4.3 and 1.1 times; 8×64×4×4, with 108, is made in tiles in a third of its time.
    /// </summary>
    private const int FewestSaved = 64;

    /// <summary>A sum is one block of k, and a block of tiles fits a thread's scratch.</summary>
    private const int MostChannels = Gemm.Blocking.Kc;

    /// <summary>A convolution that is asked to be done so.</summary>
    public static void Check(in ConvolutionShape shape)
    {
        if (!IsThree(in shape, stride: 1) && !IsThree(in shape, stride: 2))
        {
            Throw.NotWinograd(shape.Vertical.ToString(), shape.Horizontal.ToString());
        }

        Guard.AtMost(Math.Max(shape.GroupChannels, shape.GroupOutChannels), MostChannels, "channels of a group");
    }

    /// <summary>
    /// Whether outputs, or the gradient of the inputs, are made so: asked for, or chosen. Measured beside the direct form: 16 channels 2.5 times as fast,
    /// 8 to 16 1.8 times.
    /// </summary>
    public static bool Takes(in ConvolutionShape shape) => Takes(in shape, fewestChannels: 8);

    /// <summary>Likewise the gradient of the weights: 16 channels 1.7 times as fast, 8 to 16 0.85 times.</summary>
    public static bool TakesWeights(in ConvolutionShape shape) => Takes(in shape, fewestChannels: 16);

    private static bool Takes(in ConvolutionShape shape, int fewestChannels) => IsThree(in shape, stride: 1)
        && (shape.Algorithm == ConvolutionAlgorithm.Winograd || (IsChosen(in shape, fewestChannels) && Saved<StrideOne>(in shape) >= FewestSaved));

    /// <summary>
    /// Whether outputs at stride 2 are made so: the gradients are not. Measured beside the direct form, one image and eight: 24 channels to 24 of 32 × 32 0.8
    /// times as fast; 32 to 64 of 16 × 16 1.4 and 1.5 times; 64 to 128 of 16 × 16, whose tiles fill one vector, 0.9 and 1.2 times, of 56 × 56 1.3 and 1.4.
    /// </summary>
    public static bool TakesStrideTwo(in ConvolutionShape shape) => IsThree(in shape, stride: 2)
        && (shape.Algorithm == ConvolutionAlgorithm.Winograd || (IsChosen(in shape, fewestChannels: 32) && PaysAtStrideTwo(in shape)));

    /// <summary>
    /// Enough multiplications saved for each weight, or few channels, for which the direct form is slow on lines so short; and weights that stay in the third-level
    /// cache, 7 MB of them: 256 channels of 28 × 28 to 512 took one image 1.4 times as long.
    /// </summary>
    private static bool PaysAtStrideTwo(in ConvolutionShape shape)
    {
        int fewest = shape.GroupChannels < 64 ? 1 : 256;
        return Saved<StrideTwo>(in shape) >= fewest && shape.GroupChannels * shape.GroupOutChannels <= 1 << 16;
    }

    /// <summary>The multiplications of one image that are saved for each weight.</summary>
    private static long Saved<TForm>(in ConvolutionShape shape)
        where TForm : struct, IForm =>
        ((long)Taps * shape.OutArea) - ((long)TForm.Start(TForm.Points) * (Grid(in shape) with { Images = 1 }).Count);

    private static bool IsChosen(in ConvolutionShape shape, int fewestChannels) =>
        shape.Algorithm == ConvolutionAlgorithm.Auto
        && Math.Min(shape.GroupChannels, shape.GroupOutChannels) >= fewestChannels
        && Math.Max(shape.GroupChannels, shape.GroupOutChannels) <= MostChannels;

    /// <summary>The tiles of the outputs.</summary>
    public static TileGrid Grid(in ConvolutionShape shape) =>
        new(shape.Batch, shape.Output[1] * shape.Vertical.Stride, shape.Output[2] * shape.Horizontal.Stride);

    /// <summary>The room that a group's weights take at the points.</summary>
    public static int WeightLength(in ConvolutionShape shape) => shape.Vertical.Stride == 1
        ? (int)At<StrideOne>(StrideOne.Points, shape.GroupOutChannels, shape.GroupChannels)
        : (int)At<StrideTwo>(StrideTwo.Points, shape.GroupOutChannels, shape.GroupChannels);

    /// <summary>From a matrix to that of the next frequency.</summary>
    private static nint Step(int rows, int columns) => ((nint)rows * columns) + Gap;

    private static bool IsThree(in ConvolutionShape shape, int stride) => IsThree(shape.Vertical, stride) && IsThree(shape.Horizontal, stride);

    private static bool IsThree(WindowAxis axis, int stride) => axis.Kernel == 3 && axis.Stride == stride && axis.Dilation == 1;
}
