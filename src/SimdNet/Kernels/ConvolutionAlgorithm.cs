namespace SimdNet.Kernels;

/// <summary>How a convolution is computed.</summary>
public enum ConvolutionAlgorithm
{
    /// <summary>What is fastest for the channels, the kernel and the image: a matter of the shape of one image alone.</summary>
    Auto,

    /// <summary>Sums of products of pixels and weights, each in its order.</summary>
    Direct,

    /// <summary>
    /// Winograd's F(4×4, 3×3), a quarter of the multiplications: for kernels of 3 × 3, stride 1 and dilation 1. An error is bounded as a direct sum's
    /// whose pixels are all as large as the largest of their tile's 6 × 6; so an infinite or NaN pixel reaches all outputs of its tiles. At stride 2 along
    /// both axes outputs, but no gradients, are made in tiles of 2 × 2, which see 5 × 5 pixels: two thirds of the multiplications.
    /// </summary>
    Winograd,
}
