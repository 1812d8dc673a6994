using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The loops of the transforms.</content>
internal static unsafe partial class Winograd
{
    private const MethodImplOptions Leaf = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Six lines of pixels, along the columns.</summary>
    [MethodImpl(Leaf)]
    private static void TransformColumns<TSimd>(float* source, nint stride, int length, float* lines)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int j = 0; j < length; j += TSimd.Count)
        {
            float* pixel = source + j;
            StoreInput(
                TSimd.Load(pixel), TSimd.Load(pixel + stride), TSimd.Load(pixel + (2 * stride)), TSimd.Load(pixel + (3 * stride)),
                TSimd.Load(pixel + (4 * stride)), TSimd.Load(pixel + (5 * stride)), lines + j, TileSource.LineLength);
        }
    }

    /// <summary>Then along the lines: a lane is a tile, whose pixels lie four apart from those of the next.</summary>
    [MethodImpl(Leaf)]
    private static void TransformLines<TSimd>(float* lines, int count, float* destination, nint step)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int row = 0; row < Points; row++)
        {
            for (int j = 0; j < count; j += TSimd.Count)
            {
                float* pixel = lines + (4 * j);
                var (even, odd) = TSimd.Deinterleave(TSimd.Load(pixel), TSimd.Load(pixel + TSimd.Count));
                var (nextEven, nextOdd) = TSimd.Deinterleave(TSimd.Load(pixel + (2 * TSimd.Count)), TSimd.Load(pixel + (3 * TSimd.Count)));
                var (d0, d2) = TSimd.Deinterleave(even, nextEven);
                var (d1, d3) = TSimd.Deinterleave(odd, nextOdd);
                pixel += TileGrid.Side;
                (even, odd) = TSimd.Deinterleave(TSimd.Load(pixel), TSimd.Load(pixel + TSimd.Count));
                (nextEven, nextOdd) = TSimd.Deinterleave(TSimd.Load(pixel + (2 * TSimd.Count)), TSimd.Load(pixel + (3 * TSimd.Count)));
                TSimd d4 = TSimd.Deinterleave(even, nextEven).Even, d5 = TSimd.Deinterleave(odd, nextOdd).Even;
                StoreInput(d0, d1, d2, d3, d4, d5, destination + j, step);
            }

            lines += TileSource.LineLength;
            destination += Points * step;
        }
    }

    /// <summary>
    /// Row by row of weights, <c>row·rowStride + column·columnStride</c> the place of their nine taps, to [points, rows, columns]; turned round if
    /// they are to carry back.
    /// </summary>
    [MethodImpl(Leaf)]
    private static void TransformWeights<TSimd>(
        float* w, nint rowStride, nint columnStride, int startRow, int endRow, int columns, bool turned, float* destination, nint step)
        where TSimd : struct, ISimd<TSimd>
    {
        float* taps = stackalloc float[Taps * 16];
        float* room = stackalloc float[Points * 3 * 16];
        for (int row = startRow; row < endRow; row++)
        {
            for (int column = 0; column < columns; column += TSimd.Count)
            {
                float* source = w + (row * rowStride) + (column * columnStride);
                nint stride = columnStride;
                int count = Math.Min(columns - column, TSimd.Count);
                if (count < TSimd.Count)
                {
                    for (int i = 0; i < count * Taps; i++)
                    {
                        taps[i] = source[(i / Taps * columnStride) + (i % Taps)];
                    }

                    source = taps;
                    stride = Taps;
                }

                var (g0, g1, g2, g3) = TSimd.LoadColumns(source, stride);
                var (g4, g5, g6, g7) = TSimd.LoadColumns(source + 4, stride);
                TSimd g8 = TSimd.LoadColumns(source + 5, stride).D;
                if (turned)
                {
                    (g0, g1, g2, g3, g5, g6, g7, g8) = (g8, g7, g6, g5, g3, g2, g1, g0);
                }

                StoreWeights(g0, g3, g6, room, 3 * TSimd.Count);
                StoreWeights(g1, g4, g7, room + TSimd.Count, 3 * TSimd.Count);
                StoreWeights(g2, g5, g8, room + (2 * TSimd.Count), 3 * TSimd.Count);
                float* result = destination + ((nint)row * columns) + column;
                for (int point = 0; point < Points; point++)
                {
                    float* line = room + (point * 3 * TSimd.Count);
                    StoreWeights(TSimd.Load(line), TSimd.Load(line + TSimd.Count), TSimd.Load(line + (2 * TSimd.Count)), result, step);
                    result += Points * step;
                }
            }
        }
    }

    /// <summary>The products of one channel back to outputs: along the columns, along the lines, bias, activation; lanes are put side by side again.</summary>
    [MethodImpl(Leaf)]
    private static void TransformBack<TSimd, TActivation>(
        float* products, nint step, int count, float* bias, TActivation activation, float* lines, float* room)
        where TSimd : struct, ISimd<TSimd>
        where TActivation : struct, IUnaryOperator
    {
        TSimd addend = bias == null ? TSimd.Zero : TSimd.Broadcast(*bias);
        for (int j = 0; j < count; j += TSimd.Count)
        {
            float* source = products + j;
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

            for (int row = 0; row < TileGrid.Side; row++)
            {
                float* line = room + (row * Points * TSimd.Count);
                var (y0, y1, y2, y3) = Outputs(
                    TSimd.Load(line), TSimd.Load(line + TSimd.Count), TSimd.Load(line + (2 * TSimd.Count)), TSimd.Load(line + (3 * TSimd.Count)),
                    TSimd.Load(line + (4 * TSimd.Count)), TSimd.Load(line + (5 * TSimd.Count)));
                var (low, high) = TSimd.Interleave(Finish(y0), Finish(y2));
                var (oddLow, oddHigh) = TSimd.Interleave(Finish(y1), Finish(y3));
                float* destination = lines + (row * TileSource.LineLength) + (4 * j);
                (TSimd first, TSimd second) = TSimd.Interleave(low, oddLow);
                first.Store(destination);
                second.Store(destination + TSimd.Count);
                (first, second) = TSimd.Interleave(high, oddHigh);
                first.Store(destination + (2 * TSimd.Count));
                second.Store(destination + (3 * TSimd.Count));
            }
        }

        [MethodImpl(Inline)]
        TSimd Finish(TSimd sum) => activation.Invoke(bias == null ? sum : sum + addend);
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

            source += TileSource.LineLength;
            destination += stride;
        }
    }
}
