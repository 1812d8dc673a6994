using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>Images as a matrix with a row for each pixel, image after image, and a column for each channel.</summary>
internal readonly unsafe struct PixelRows(float* data, nint imageStride, int area) : Gemm.IPanels
{
    public void Pack<TSimd>(int k, int column, int depth, int columns, float* destination, int stride)
        where TSimd : struct, ISimd<TSimd>
    {
        (int image, int pixel) = Math.DivRem(k, area);
        int length;
        for (int done = 0; done < depth; done += length)
        {
            length = Math.Min(area - pixel, depth - done);
            Gemm.Strided pixels = new(data + (image * imageStride) + ((nint)column * area) + pixel, 1, area);
            Gemm.Copy<TSimd>(pixels, length, columns, destination + ((nint)done * stride), stride);
            (image, pixel) = (image + 1, 0);
        }
    }
}
