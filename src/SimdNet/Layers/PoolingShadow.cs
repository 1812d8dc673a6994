using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A pooling in double precision, window by window.</summary>
internal static class PoolingShadow
{
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="y">[batch, channels, outHeight, outWidth].</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="pool">What a window gives, from its values and the number of its taps.</param>
    public static void Run(ReadOnlySpan<double> x, Span<double> y, in PoolingShape shape, Func<List<double>, int, double> pool)
    {
        (Shape image, Shape output) = (shape.Image, shape.Output);
        List<double> values = [];
        for (int i = 0; i < y.Length; i++)
        {
            (int line, int outputX) = Math.DivRem(i, output[2]);
            (int plane, int outputY) = Math.DivRem(line, output[1]);
            values.Clear();
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                int row = (outputY * shape.Vertical.Stride) - shape.Vertical.PadBefore + (tap / shape.Horizontal.Kernel);
                int column = (outputX * shape.Horizontal.Stride) - shape.Horizontal.PadBefore + (tap % shape.Horizontal.Kernel);
                if (row >= 0 && row < image[1] && column >= 0 && column < image[2])
                {
                    values.Add(x[(((plane * image[1]) + row) * image[2]) + column]);
                }
            }

            y[i] = pool(values, shape.Taps);
        }
    }
}
