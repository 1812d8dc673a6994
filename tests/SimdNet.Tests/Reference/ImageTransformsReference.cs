namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.ImageTransforms"/> computes, in double: where each pixel comes from.</summary>
internal static class ImageTransformsReference
{
    /// <summary>The planes [count, height, width] with pixel (i, j) of each from where <paramref name="source"/> says, between four pixels.</summary>
    public static double[] Moved(ReadOnlySpan<float> planes, int height, int width, Func<int, int, (double Row, double Column)> source)
    {
        double[] moved = new double[planes.Length];
        for (int plane = 0; plane < planes.Length; plane += height * width)
        {
            for (int i = 0; i < height; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    (double row, double column) = source(i, j);
                    moved[plane + (i * width) + j] = Bilinear(planes.Slice(plane, height * width), height, width, row, column);
                }
            }
        }

        return moved;
    }

    public static (double Row, double Column) RotationSource(int i, int j, int height, int width, double degrees)
    {
        double row = i - ((height - 1) / 2.0), column = j - ((width - 1) / 2.0), angle = degrees * Math.PI / 180;
        return (
            (Math.Sin(angle) * column) + (Math.Cos(angle) * row) + ((height - 1) / 2.0),
            (Math.Cos(angle) * column) - (Math.Sin(angle) * row) + ((width - 1) / 2.0));
    }

    private static double Bilinear(ReadOnlySpan<float> plane, int height, int width, double row, double column)
    {
        double sum = 0;
        for (int i = (int)Math.Floor(row); i <= Math.Floor(row) + 1; i++)
        {
            for (int j = (int)Math.Floor(column); j <= Math.Floor(column) + 1; j++)
            {
                bool inside = i >= 0 && i < height && j >= 0 && j < width;
                sum += (1 - Math.Abs(row - i)) * (1 - Math.Abs(column - j)) * (inside ? plane[(i * width) + j] : 0);
            }
        }

        return sum;
    }
}
