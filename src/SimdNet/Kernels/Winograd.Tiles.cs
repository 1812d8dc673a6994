using System.Runtime.CompilerServices;
using SimdNet.Simd;

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
internal readonly unsafe struct TileSource(float* data, nint imageStride, int height, int width, int padY, int padX)
{
    private const int Rows = 6;

    /// <summary>Pixels that a run sees in a line, in whole vectors, and a vector more to take every fourth of.</summary>
    public const int LineLength = (Winograd.MostTiles * TileGrid.Side) + (2 * 64);

    private readonly float* _data = data;
    private readonly nint _imageStride = imageStride;
    private readonly int _height = height, _width = width, _padY = padY, _padX = padX;

    /// <summary>
    /// The six lines that a run sees: where they lie if all are inside of the image, as far as vectors of <paramref name="length"/> in all reach,
    /// else in <paramref name="room"/> with their zeros.
    /// </summary>
    public float* Lines<TSimd>(in TileRun run, int channel, int length, float* room, out nint stride)
        where TSimd : struct, ISimd<TSimd>
    {
        int y = run.Y - _padY, x = run.X - _padX;
        float* plane = _data + (run.Image * _imageStride) + ((nint)channel * _height * _width);
        if (y >= 0 && y + Rows <= _height && x >= 0 && x + length <= _width)
        {
            stride = _width;
            return plane + ((nint)y * _width) + x;
        }

        stride = LineLength;
        CopyLines<TSimd>(plane, y, x, length, room);
        return room;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void CopyLines<TSimd>(float* plane, int y, int x, int length, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = y; row < y + Rows; row++)
        {
            float* line = plane + ((nint)row * _width);
            for (int j = 0; j < length; j += TSimd.Count)
            {
                Cache.Prefetch(line + x + j + ((nint)_height * _width));
                (row < 0 || row >= _height ? TSimd.Zero : Read<TSimd>(line, x + j)).Store(room + j);
            }

            room += LineLength;
        }
    }

    /// <summary>Pixels of a line from <paramref name="x"/>, which may lie before its start or after its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TSimd Read<TSimd>(float* line, int x)
        where TSimd : struct, ISimd<TSimd> =>
        x >= 0 ? TSimd.LoadPartial(line + x, _width - x)
        : x > -TSimd.Count ? TSimd.Rotate(TSimd.LoadPartial(line, Math.Min(_width, TSimd.Count + x)), TSimd.Count + x)
        : TSimd.Zero;
}
