using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Moves by parts of a pixel.</content>
public static unsafe partial class ImageTransforms
{
    /// <summary>The longest side that is resampled: coordinates are floats, whose fractions shall not become coarse.</summary>
    public const int MaxResampledSide = 1 << 15;

    /// <summary>Turns images about their centre, counter-clockwise as they are looked at, with bilinear interpolation.</summary>
    /// <remarks>
    /// The sine and cosine are those of the exact angle rounded to float, so that quarter turns move whole pixels. Source coordinates are
    /// within 2⁻²¹ · side of the exact ones.
    /// </remarks>
    /// <param name="planes">[planes, height, width].</param>
    /// <param name="height">Rows, 1 to <see cref="MaxResampledSide"/>.</param>
    /// <param name="width">Columns, 1 to <see cref="MaxResampledSide"/>.</param>
    /// <param name="degrees">The angle, within ±3600°.</param>
    /// <param name="destination">[planes, height, width], apart from <paramref name="planes"/>.</param>
    /// <exception cref="ArgumentException">A size or the angle is out of its range, a length does not fit, or the spans overlap.</exception>
    public static void Rotate(ReadOnlySpan<float> planes, int height, int width, double degrees, Span<float> destination)
    {
        Guard.Within(degrees, Angle.MaxDegrees, nameof(degrees));
        (double sine, double cosine) = Angle.SineCosine(degrees);
        Resample(planes, height, width, new(cosine, sine, 0, 0), destination);
    }

    /// <summary><c>y[p, i, j] ← x[p, i - down, j - right]</c> with bilinear interpolation.</summary>
    /// <param name="planes">[planes, height, width].</param>
    /// <param name="height">Rows, 1 to <see cref="MaxResampledSide"/>.</param>
    /// <param name="width">Columns, 1 to <see cref="MaxResampledSide"/>.</param>
    /// <param name="down">Pixels that the image goes down, within ±<paramref name="height"/>.</param>
    /// <param name="right">Pixels that the image goes to the right, within ±<paramref name="width"/>.</param>
    /// <param name="destination">[planes, height, width], apart from <paramref name="planes"/>.</param>
    /// <exception cref="ArgumentException">A number is out of its range, a length does not fit, or the spans overlap.</exception>
    public static void Shift(ReadOnlySpan<float> planes, int height, int width, double down, double right, Span<float> destination)
    {
        Guard.Within(down, height, nameof(down));
        Guard.Within(right, width, nameof(right));
        Resample(planes, height, width, new(1, 0, down, right), destination);
    }

    private static void Resample(ReadOnlySpan<float> planes, int height, int width, Motion motion, Span<float> destination)
    {
        CheckPlanes(planes, height, width);
        Guard.AtMost(height, MaxResampledSide, nameof(height));
        Guard.AtMost(width, MaxResampledSide, nameof(width));
        Guard.Length(destination.Length, planes.Length, nameof(destination));
        Guard.Apart(planes, destination, nameof(planes), nameof(destination));
        fixed (float* from = planes, to = destination)
        {
            ResampleKernel kernel = new(from, planes.Length / (height * width), height, width, motion, to);
            SimdWidth.Invoke(ref kernel);
        }
    }

    /// <summary>
    /// Where an output pixel comes from, both measured from the image's centre:
    /// <c>column' = cos·column - sin·row - right; row' = sin·column + cos·row - down</c>.
    /// </summary>
    internal readonly record struct Motion(double Cosine, double Sine, double Down, double Right);

    internal readonly struct ResampleKernel(float* planes, int count, int height, int width, Motion motion, float* destination) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            nint length = (nint)height * width;
            double centreRow = (height - 1) / 2.0, centreColumn = (width - 1) / 2.0;
            for (int plane = 0; plane < count; plane++)
            {
                for (int i = 0; i < height; i++)
                {
                    double row = i - centreRow;
                    Line line = new(
                        (float)-centreColumn,
                        (float)motion.Cosine, (float)(centreColumn - motion.Right - (motion.Sine * row)),
                        (float)motion.Sine, (float)(centreRow - motion.Down + (motion.Cosine * row)));
                    ResampleRow<TSimd>(planes + (plane * length), height, width, line, destination + (plane * length) + ((nint)i * width));
                }
            }
        }
    }

    /// <summary>Column j of an output row lies at <c>x = first + j</c>, and comes from <c>column = a·x + b; row = c·x + d</c>.</summary>
    private readonly struct Line(float first, float a, float b, float c, float d)
    {
        public readonly float First = first, A = a, B = b, C = c, D = d;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ResampleRow<TSimd>(float* plane, int height, int width, Line line, float* destination)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < width; j += TSimd.Count)
        {
            TSimd x = TSimd.ConvertBits(TSimd.IndicesBits) + TSimd.Broadcast(line.First + j);
            TSimd column = TSimd.FusedMultiplyAdd(TSimd.Broadcast(line.A), x, TSimd.Broadcast(line.B));
            TSimd row = TSimd.FusedMultiplyAdd(TSimd.Broadcast(line.C), x, TSimd.Broadcast(line.D));
            TSimd left = Floor(column), top = Floor(row);
            TSimd upper = Between(plane, height, width, top, left, column - left);
            TSimd lower = Between(plane, height, width, top + TSimd.Broadcast(1), left, column - left);
            TSimd.FusedMultiplyAdd(row - top, lower - upper, upper).StorePartial(destination + j, width - j);
        }
    }

    /// <summary>Between two neighbours of a row: <c>x[left] + fraction·(x[left + 1] - x[left])</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Between<TSimd>(float* plane, int height, int width, TSimd row, TSimd left, TSimd fraction)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd first = Pixel(plane, height, width, row, left);
        TSimd second = Pixel(plane, height, width, row, left + TSimd.Broadcast(1));
        return TSimd.FusedMultiplyAdd(fraction, second - first, first);
    }

    /// <summary>The pixels at whole coordinates; 0 outside, where the nearest one inside is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Pixel<TSimd>(float* plane, int height, int width, TSimd row, TSimd column)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd insideRow = Clamp(row, height - 1), insideColumn = Clamp(column, width - 1);
        TSimd index = TSimd.AddBits(TSimd.MultiplyLowBits(Integer(insideRow), TSimd.BroadcastBits((uint)width)), Integer(insideColumn));
        return TSimd.Gather(plane, index) & TSimd.Equal(row, insideRow) & TSimd.Equal(column, insideColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Clamp<TSimd>(TSimd x, int most)
        where TSimd : struct, ISimd<TSimd> => TSimd.Lesser(TSimd.Greater(x, TSimd.Zero), TSimd.Broadcast(most));

    /// <summary>Rounding, and one less where that went up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Floor<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd nearest = TSimd.Round(x);
        return nearest - (TSimd.LessThan(x, nearest) & TSimd.Broadcast(1));
    }

    /// <summary>A whole float from 0 to 2²³ as a 32-bit integer: near 2²³ the low bits of a float count ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Integer<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd shift = TSimd.Broadcast(1 << 23);
        return TSimd.SubtractBits(x + shift, shift);
    }
}
