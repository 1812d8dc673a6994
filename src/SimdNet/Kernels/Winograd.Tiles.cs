namespace SimdNet.Kernels;

/// <summary>Outputs in tiles of 4 × 4, numbered along the lines of tiles of one image after the other.</summary>
/// <param name="Images">The number of images.</param>
/// <param name="Height">Lines of outputs.</param>
/// <param name="Width">Outputs of a line.</param>
internal readonly record struct TileGrid(int Images, int Height, int Width)
{
    public const int Side = 4;

    public int TilesX => (Width + Side - 1) / Side;

    public int TilesY => (Height + Side - 1) / Side;

    public int Count => Images * TilesY * TilesX;

    /// <summary>Cuts <paramref name="count"/> tiles into runs; gives their number, at most <paramref name="count"/>.</summary>
    public unsafe int Cut(int first, int count, TileRun* runs)
    {
        (int line, int x) = Math.DivRem(first, TilesX);
        (int image, int y) = Math.DivRem(line, TilesY);
        int number = 0;
        for (int start = 0; start < count; start += runs[number++].Count)
        {
            runs[number] = new(image, y * Side, x * Side, start, Math.Min(TilesX - x, count - start));
            (x, y) = (0, y + 1);
            if (y == TilesY)
            {
                (y, image) = (0, image + 1);
            }
        }

        return number;
    }
}

/// <summary>Tiles side by side in one image: the first output of the first tile, and the tiles' places in their block.</summary>
internal readonly record struct TileRun(int Image, int Y, int X, int Start, int Count);

/// <summary>What the tiles see: channels of images, zeros around them. Output (y, x) sees the three by three pixels from (y - PadY, x - PadX).</summary>
internal readonly unsafe record struct TileSource(nint Data, nint ImageStride, int Height, int Width, int PadY, int PadX)
{
    public int Area => Height * Width;

    public float* Plane(int image, int channel) => (float*)Data + (image * ImageStride) + ((nint)channel * Area);
}
