using SimdNet.Kernels;

namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="Pooling"/> computes, window by window.</summary>
internal static class PoolingReference
{
    /// <summary>The places of each window, in order; output after output.</summary>
    public static List<int>[] Windows(PoolingShape shape)
    {
        (int height, int width) = (shape.Image[1], shape.Image[2]);
        List<List<int>> windows = [];
        for (int plane = 0; plane < shape.Batch * shape.Image[0]; plane++)
        {
            for (int outY = 0; outY < shape.Output[1]; outY++)
            {
                for (int outX = 0; outX < shape.Output[2]; outX++)
                {
                    List<int> window = [];
                    for (int s = 0; s < shape.Vertical.Kernel; s++)
                    {
                        for (int t = 0; t < shape.Horizontal.Kernel; t++)
                        {
                            int y = (outY * shape.Vertical.Stride) - shape.Vertical.PadBefore + s;
                            int x = (outX * shape.Horizontal.Stride) - shape.Horizontal.PadBefore + t;
                            if (y >= 0 && y < height && x >= 0 && x < width)
                            {
                                window.Add((((plane * height) + y) * width) + x);
                            }
                        }
                    }

                    windows.Add(window);
                }
            }
        }

        return [.. windows];
    }

    public static float[] MaxForward(float[] x, PoolingShape shape) => [.. Windows(shape).Select(window => window.Max(i => x[i]))];

    public static float[] MaxBackward(float[] x, float[] dOutput, PoolingShape shape)
    {
        float[] dInput = new float[x.Length];
        foreach ((int output, List<int> window) in Windows(shape).Index())
        {
            dInput[window.MaxBy(i => x[i])] += dOutput[output];
        }

        return dInput;
    }

    /// <summary>Each place of a window from its first line to its last, then place after place: so to the bit.</summary>
    public static float[] AverageForward(float[] x, PoolingShape shape, bool countPadding) =>
    [
        .. Windows(shape).Select(window => window
            .GroupBy(i => i % shape.Image[2], (_, places) => places.Aggregate(0f, (sum, i) => sum + x[i]))
            .Aggregate(0f, (sum, place) => sum + place) / Counted(window, shape, countPadding)),
    ];

    public static float[] AverageBackward(float[] dOutput, PoolingShape shape, bool countPadding)
    {
        float[] dInput = new float[shape.InputLength];
        foreach ((int output, List<int> window) in Windows(shape).Index())
        {
            window.ForEach(i => dInput[i] += dOutput[output] / Counted(window, shape, countPadding));
        }

        return dInput;
    }

    private static int Counted(List<int> window, PoolingShape shape, bool countPadding) =>
        countPadding ? shape.Vertical.Kernel * shape.Horizontal.Kernel : window.Count;
}
