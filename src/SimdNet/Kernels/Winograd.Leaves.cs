using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The loops of the transforms.</content>
internal static unsafe partial class Winograd
{
    private const MethodImplOptions Leaf = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>
    /// Five or six lines of pixels along the columns, those of a run of tiles from <paramref name="x"/> on; zeros where there are none. Measured with 32 channels of
    /// 26 × 26, whose lines are not foreseen: asking for those of the next channel took a fifth from the time of the whole.
    /// </summary>
    [MethodImpl(Leaf)]
    private static void TransformColumns<TForm, TSimd>(float* source, nint stride, int x, int width, nint ahead, int length, float* lines)
        where TForm : struct, IForm
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < length; j += TSimd.Count)
        {
            float* pixel = source + x + j;
            for (int row = 0; row < TForm.Seen; row++)
            {
                Cache.Prefetch(pixel + ahead + (row * stride));
            }

            TSimd d0, d1, d2, d3, d4, d5;
            int left = width - x - j;
            if (x + j >= 0 && left >= TSimd.Count)
            {
                (d0, d1, d2) = (TSimd.Load(pixel), TSimd.Load(pixel + stride), TSimd.Load(pixel + (2 * stride)));
                pixel += 3 * stride;
                (d3, d4, d5) = (TSimd.Load(pixel), TSimd.Load(pixel + stride), TForm.Seen > 5 ? TSimd.Load(pixel + (2 * stride)) : TSimd.Zero);
            }
            else
            {
                int before = Math.Clamp(-(x + j), 0, TSimd.Count);
                pixel += before;
                left = Math.Min(left, TSimd.Count) - before;
                (d0, d1, d2) = (Part(pixel), Part(pixel + stride), Part(pixel + (2 * stride)));
                pixel += 3 * stride;
                (d3, d4, d5) = (Part(pixel), Part(pixel + stride), TForm.Seen > 5 ? Part(pixel + (2 * stride)) : TSimd.Zero);

                [MethodImpl(Inline)]
                TSimd Part(float* first) =>
                    before == 0 ? TSimd.LoadPartial(first, left) : TSimd.Rotate(TSimd.LoadPartial(first, left), TSimd.Count - before);
            }

            TForm.PutInput(new Twofold(lines, j), d0, d1, d2, d3, d4, d5);
        }
    }

    /// <summary>Lines of which some lie outside of the image, as zeros; the part of them that lies inside of it otherwise.</summary>
    [MethodImpl(Leaf)]
    private static void CopyBorder<TSimd>(float* source, nint stride, int y, int end, int height, int length, float* lines)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = y; row < end; row++)
        {
            float* line = source + (row * stride);
            bool inside = row >= 0 && row < height;
            for (int j = 0; j < length; j += TSimd.Count)
            {
                Cache.Prefetch(line + (height * stride) + j);
                (inside ? TSimd.LoadPartial(line + j, length - j) : TSimd.Zero).Store(lines + j);
            }

            lines += LineLength;
        }
    }

    /// <summary>
    /// Lines of outputs to their places. Stores leave the core in order, so those to memory that is not in cache hold up all that follow: the places of
    /// the next channel are asked for.
    /// </summary>
    [MethodImpl(Leaf)]
    private static void CopyAhead<TSimd>(float* source, float* destination, nint stride, int rows, int length, nint ahead)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = 0; row < rows; row++)
        {
            int j = 0;
            for (; j <= length - TSimd.Count; j += TSimd.Count)
            {
                Cache.Prefetch(destination + j + ahead);
                TSimd.Load(source + j).Store(destination + j);
            }

            if (j < length)
            {
                Cache.Prefetch(destination + j + ahead);
                TSimd.LoadPartial(source + j, length - j).StorePartial(destination + j, length - j);
            }

            source += LineLength;
            destination += stride;
        }
    }
}
