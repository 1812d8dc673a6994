using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The loops of the transforms that the gradient of the weights alone has.</content>
internal static unsafe partial class Winograd
{
    /// <summary>Gradients of tiles of outputs along the columns, zeros after <paramref name="length"/> of them.</summary>
    [MethodImpl(Leaf)]
    private static void TransformGradientColumns<TSimd>(float* source, nint stride, int length, int end, nint ahead, float* lines)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < end; j += TSimd.Count)
        {
            float* value = source + j;
            for (int row = 0; row < TileGrid.Side; row++)
            {
                Cache.Prefetch(value + ahead + (row * stride));
            }

            int left = length - j;
            Apart points = new(lines + j, LineLength);
            if (left >= TSimd.Count)
            {
                PutGradient(points, TSimd.Load(value), TSimd.Load(value + stride), TSimd.Load(value + (2 * stride)), TSimd.Load(value + (3 * stride)));
            }
            else
            {
                PutGradient(
                    points, TSimd.LoadPartial(value, left), TSimd.LoadPartial(value + stride, left),
                    TSimd.LoadPartial(value + (2 * stride), left), TSimd.LoadPartial(value + (3 * stride), left));
            }
        }
    }

    /// <summary>Then along the lines, a lane for each tile.</summary>
    [MethodImpl(Leaf)]
    private static void TransformGradientLines<TSimd>(float* lines, int tiles, float* destination, nint step)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = 0; row < Points; row++)
        {
            for (int j = 0; j < tiles; j += TSimd.Count)
            {
                float* value = lines + (TileGrid.Side * j);
                var (even, odd) = TSimd.Deinterleave(TSimd.Load(value), TSimd.Load(value + TSimd.Count));
                var (nextEven, nextOdd) = TSimd.Deinterleave(TSimd.Load(value + (2 * TSimd.Count)), TSimd.Load(value + (3 * TSimd.Count)));
                var (y0, y2) = TSimd.Deinterleave(even, nextEven);
                var (y1, y3) = TSimd.Deinterleave(odd, nextOdd);
                PutGradient(new Apart(destination + j, step), y0, y1, y2, y3);
            }

            lines += LineLength;
            destination += Points * step;
        }
    }

    /// <summary>Products of one output channel back to the taps of their weights.</summary>
    [MethodImpl(Leaf)]
    private static void AddTaps<TSimd>(float* products, nint step, int count, float* taps, nint tapStep, bool adds, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < count; j += TSimd.Count)
        {
            float* source = products + j, column = room;
            for (int point = 0; point < Points; point++)
            {
                var (g0, g1, g2) = TapsOf(
                    TSimd.Load(source), TSimd.Load(source + (6 * step)), TSimd.Load(source + (12 * step)), TSimd.Load(source + (18 * step)),
                    TSimd.Load(source + (24 * step)), TSimd.Load(source + (30 * step)));
                g0.Store(column);
                g1.Store(column + (Points * TSimd.Count));
                g2.Store(column + (2 * Points * TSimd.Count));
                column += TSimd.Count;
                source += step;
            }

            float* line = room, tap = taps + j;
            for (int row = 0; row < 3; row++)
            {
                var (g0, g1, g2) = TapsOf(
                    TSimd.Load(line), TSimd.Load(line + TSimd.Count), TSimd.Load(line + (2 * TSimd.Count)), TSimd.Load(line + (3 * TSimd.Count)),
                    TSimd.Load(line + (4 * TSimd.Count)), TSimd.Load(line + (5 * TSimd.Count)));
                (adds ? TSimd.Load(tap) + g0 : g0).Store(tap);
                (adds ? TSimd.Load(tap + tapStep) + g1 : g1).Store(tap + tapStep);
                (adds ? TSimd.Load(tap + (2 * tapStep)) + g2 : g2).Store(tap + (2 * tapStep));
                line += Points * TSimd.Count;
                tap += 3 * tapStep;
            }
        }
    }

    /// <summary>[9, channels] to [channels, 9]: a vector of taps of four channels at a time, the last of fewer.</summary>
    [MethodImpl(Leaf)]
    private static void InterleaveTaps<TSimd>(float* source, nint step, int channels, float* destination)
        where TSimd : struct, ISimd<TSimd>
    {
        int whole = channels / 4 * 4;
        for (int tap = 0; tap < Taps; tap += TSimd.Count)
        {
            int count = Math.Min(Taps - tap, TSimd.Count);
            for (int channel = 0; channel < whole; channel += 4)
            {
                float* first = destination + ((nint)channel * Taps) + tap;
                var (a, b, c, d) = TSimd.LoadColumns(source + (tap * step) + channel, step);
                a.StorePartial(first, count);
                b.StorePartial(first + Taps, count);
                c.StorePartial(first + (2 * Taps), count);
                d.StorePartial(first + (3 * Taps), count);
            }
        }

        for (int i = whole * Taps; i < channels * Taps; i++)
        {
            destination[i] = source[(i % Taps * step) + (i / Taps)];
        }
    }
}
