using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// Moves and changes of images in place: planes [count, height, width], one after the other, as the channels of an image or the images of
/// a batch are. What comes from outside an image is 0.
/// </summary>
public static unsafe partial class ImageTransforms
{
    /// <summary><c>x[p, i, j] ← x[p, i, width - 1 - j]</c>: left becomes right.</summary>
    /// <param name="planes">[planes, height, width].</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <exception cref="ArgumentException">The planes do not consist of whole rows.</exception>
    public static void FlipHorizontal(Span<float> planes, int width)
    {
        Guard.Positive(width, nameof(width));
        Guard.Multiple(planes.Length, width, nameof(planes));
        for (int row = 0; row < planes.Length; row += width)
        {
            planes.Slice(row, width).Reverse(); // vectorised by the runtime
        }
    }

    /// <summary><c>x[p, i, j] ← x[p, height - 1 - i, j]</c>: top becomes bottom.</summary>
    /// <param name="planes">[planes, height, width].</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <exception cref="ArgumentException">The planes are not whole.</exception>
    public static void FlipVertical(Span<float> planes, int height, int width)
    {
        CheckPlanes(planes, height, width);
        for (int plane = 0; plane < planes.Length; plane += height * width)
        {
            for (int above = 0, below = height - 1; above < below; above++, below--)
            {
                Swap(planes.Slice(plane + (above * width), width), planes.Slice(plane + (below * width), width));
            }
        }
    }

    /// <summary><c>x[p, i, j] ← x[p, i - down, j - right]</c>: whole pixels.</summary>
    /// <param name="planes">[planes, height, width].</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="down">Rows that the image goes down; up if negative.</param>
    /// <param name="right">Columns that the image goes to the right; to the left if negative.</param>
    /// <exception cref="ArgumentException">The planes are not whole.</exception>
    public static void Move(Span<float> planes, int height, int width, int down, int right)
    {
        CheckPlanes(planes, height, width);
        down = Math.Clamp(down, -height, height);
        right = Math.Clamp(right, -width, width);
        for (int start = 0; start < planes.Length; start += height * width)
        {
            Span<float> plane = planes.Slice(start, height * width);
            for (int i = 0; i < height; i++)
            {
                int to = down > 0 ? height - 1 - i : i, from = to - down; // a row is read before it is written
                Span<float> row = plane.Slice(to * width, width);
                if (from < 0 || from >= height)
                {
                    row.Clear();
                }
                else
                {
                    MoveRow(plane.Slice(from * width, width), row, right);
                }
            }
        }
    }

    /// <summary>Makes a rectangle 0, as far as it lies in the image.</summary>
    /// <param name="planes">[planes, height, width].</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="top">The rectangle's first row, maybe outside.</param>
    /// <param name="left">The rectangle's first column, maybe outside.</param>
    /// <param name="rows">The rectangle's rows, 0 or more.</param>
    /// <param name="columns">The rectangle's columns, 0 or more.</param>
    /// <exception cref="ArgumentException">The planes are not whole, or a size is negative.</exception>
    public static void Erase(Span<float> planes, int height, int width, int top, int left, int rows, int columns)
    {
        CheckPlanes(planes, height, width);
        Guard.NotNegative(rows, nameof(rows));
        Guard.NotNegative(columns, nameof(columns));
        (int firstRow, int rowCount) = Inside(top, rows, height);
        (int firstColumn, int columnCount) = Inside(left, columns, width);
        for (int plane = 0; plane < planes.Length; plane += height * width)
        {
            for (int row = firstRow; row < firstRow + rowCount; row++)
            {
                planes.Slice(plane + (row * width) + firstColumn, columnCount).Clear();
            }
        }
    }

    /// <summary><c>(x - mean)/deviation</c>.</summary>
    /// <param name="values">[n], changed in place.</param>
    /// <param name="mean">What becomes 0.</param>
    /// <param name="deviation">What becomes 1, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is not above 0.</exception>
    public static void Standardize(Span<float> values, float mean, float deviation)
    {
        Guard.Positive(deviation, nameof(deviation));
        Loops.Map(new Standardized(mean, deviation), values, values);
    }

    /// <summary><c>x ← x + σ·n</c> by normal draws n: value i takes draw offset + i.</summary>
    /// <param name="values">[n], changed in place.</param>
    /// <param name="deviation">σ.</param>
    /// <param name="philox">Whose draws.</param>
    /// <param name="offset">The first draw's index, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    public static void AddNormal(Span<float> values, float deviation, Philox philox, long offset)
    {
        const int Chunk = 8 * Philox.Group; // 4 KiB of the stack
        Guard.NotNegative(offset, nameof(offset));
        Span<float> draws = stackalloc float[Chunk];
        while (!values.IsEmpty)
        {
            // The first chunk ends with a group of draws, so that no group of a later one is cut.
            int count = Math.Min(values.Length, Chunk - (int)(offset % Philox.Group));
            philox.FillNormal(draws[..count], deviation: deviation, offset: offset);
            Loops.Zip(default(Added), values[..count], draws[..count], values[..count]);
            values = values[count..];
            offset += count;
        }
    }

    private static void CheckPlanes(ReadOnlySpan<float> planes, int height, int width)
    {
        Guard.Positive(height, nameof(height));
        Guard.Positive(width, nameof(width));
        Guard.Multiple(planes.Length, (long)height * width, nameof(planes));
    }

    private static void Swap(Span<float> a, Span<float> b)
    {
        const int Chunk = 256;
        Span<float> held = stackalloc float[Chunk];
        for (int start = 0; start < a.Length; start += Chunk)
        {
            int count = Math.Min(Chunk, a.Length - start);
            a.Slice(start, count).CopyTo(held);
            b.Slice(start, count).CopyTo(a[start..]);
            held[..count].CopyTo(b[start..]);
        }
    }

    private static void MoveRow(ReadOnlySpan<float> from, Span<float> to, int right)
    {
        int kept = to.Length - Math.Abs(right);
        if (right >= 0)
        {
            from[..kept].CopyTo(to[right..]);
            to[..right].Clear();
        }
        else
        {
            from[^kept..].CopyTo(to);
            to[kept..].Clear();
        }
    }

    /// <summary>The part of [start, start + count) that lies in [0, length).</summary>
    private static (int Start, int Count) Inside(int start, int count, int length)
    {
        int first = Math.Clamp(start, 0, length);
        return (first, (int)Math.Clamp((long)start + count, first, length) - first);
    }

    /// <summary><c>(x - mean)/deviation</c></summary>
    private readonly struct Standardized(float mean, float deviation) : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => (x - TSimd.Broadcast(mean)) / TSimd.Broadcast(deviation);
    }

    /// <summary><c>x + y</c></summary>
    private readonly struct Added : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x + y;
    }
}
