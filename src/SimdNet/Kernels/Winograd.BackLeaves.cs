using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The way back from the points: along the columns, along the lines, bias, activation.</content>
internal static unsafe partial class Winograd
{
    /// <summary>The products of one channel back to outputs; lanes are put side by side again.</summary>
    [MethodImpl(Leaf)]
    private static void TransformBack<TSimd, TActivation>(
        float* products, nint step, int count, float* bias, TActivation activation, float* lines, float* room)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        TSimd addend = bias == null ? TSimd.Zero : TSimd.Broadcast(*bias);
        for (int j = 0; j < count; j += TSimd.Count)
        {
            BackColumns<TSimd>(products + j, step, room);
            for (int row = 0; row < TileGrid.Side; row++)
            {
                var (y0, y1, y2, y3) = BackLine(room, row, bias != null, addend, activation);
                var (low, high) = TSimd.Interleave(y0, y2);
                var (oddLow, oddHigh) = TSimd.Interleave(y1, y3);
                float* destination = lines + (row * LineLength) + (4 * j);
                (TSimd first, TSimd second) = TSimd.Interleave(low, oddLow);
                first.Store(destination);
                second.Store(destination + TSimd.Count);
                (first, second) = TSimd.Interleave(high, oddHigh);
                first.Store(destination + (2 * TSimd.Count));
                second.Store(destination + (3 * TSimd.Count));
            }
        }
    }

    /// <summary>
    /// Likewise, but of outputs only the largest of each 2 × 2, as <see cref="Pooling.MaxForward"/> finds it: a lane holds a whole tile, so there is little
    /// left to be put side by side.
    /// </summary>
    [MethodImpl(Leaf)]
    private static void TransformBackToLargest<TSimd, TActivation>(
        float* products, nint step, int count, float* bias, TActivation activation, float* lines, float* room)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        TSimd addend = bias == null ? TSimd.Zero : TSimd.Broadcast(*bias);
        for (int j = 0; j < count; j += TSimd.Count)
        {
            BackColumns<TSimd>(products + j, step, room);
            for (int row = 0; row < TileGrid.Side; row += 2)
            {
                var (y0, y1, y2, y3) = BackLine(room, row, bias != null, addend, activation);
                var (under0, under1, under2, under3) = BackLine(room, row + 1, bias != null, addend, activation);
                var (low, high) = TSimd.Interleave(Largest(y0, under0, y1, under1), Largest(y2, under2, y3, under3));
                float* destination = lines + (row / 2 * LineLength) + (2 * j);
                low.Store(destination);
                high.Store(destination + TSimd.Count);
            }
        }

        [MethodImpl(Inline)]
        static TSimd Largest(TSimd y, TSimd under, TSimd next, TSimd underNext) =>
            default(Maximum).Combine(default(Maximum).Combine(y, under), default(Maximum).Combine(next, underNext));
    }

    /// <summary>Six columns of the points to four lines of them, [4, 6] vectors.</summary>
    [MethodImpl(Inline)]
    private static void BackColumns<TSimd>(float* source, nint step, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int point = 0; point < Points; point++)
        {
            var (y0, y1, y2, y3) = Outputs(
                TSimd.Load(source), TSimd.Load(source + (6 * step)), TSimd.Load(source + (12 * step)), TSimd.Load(source + (18 * step)),
                TSimd.Load(source + (24 * step)), TSimd.Load(source + (30 * step)));
            float* column = room + (point * TSimd.Count);
            y0.Store(column);
            y1.Store(column + (Points * TSimd.Count));
            y2.Store(column + (2 * Points * TSimd.Count));
            y3.Store(column + (3 * Points * TSimd.Count));
            source += step;
        }
    }

    /// <summary>A line of them to the four outputs of a tile's line.</summary>
    [MethodImpl(Inline)]
    private static (TSimd Y0, TSimd Y1, TSimd Y2, TSimd Y3) BackLine<TSimd, TActivation>(
        float* room, int row, bool adds, TSimd addend, TActivation activation)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        float* line = room + (row * Points * TSimd.Count);
        var (y0, y1, y2, y3) = Outputs(
            TSimd.Load(line), TSimd.Load(line + TSimd.Count), TSimd.Load(line + (2 * TSimd.Count)), TSimd.Load(line + (3 * TSimd.Count)),
            TSimd.Load(line + (4 * TSimd.Count)), TSimd.Load(line + (5 * TSimd.Count)));
        return (Finish(y0), Finish(y1), Finish(y2), Finish(y3));

        [MethodImpl(Inline)]
        TSimd Finish(TSimd sum) => activation.Invoke(adds ? sum + addend : sum);
    }
}
