using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The one-dimensional transforms, each applied along both axes. With polynomials through 0, ±p, ±q, ∞, as A. Toom and S. Cook multiply them.</content>
internal static unsafe partial class Winograd
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>
    /// The points ±p and ±q. All that is formed of them below is exact in float but the inverses of the weights. Errors as multiples of those of
    /// the direct sum, root mean square over 4 to 512 channels of normal numbers: these 3.4 to 1.7; 1 and 2, which are in wide use, 6.7 to 3.6.
    /// </summary>
    private const float P = 0.75f, Q = 1.5f, P2 = P * P, Q2 = Q * Q;

    /// <summary>The weights' common denominators <c>Π (point - other point)</c>.</summary>
    private const float AtZero = P2 * Q2, AtP = 2 * P2 * (P2 - Q2), AtQ = 2 * Q2 * (Q2 - P2);

    /// <summary>Where the six values of a transform go.</summary>
    internal interface IPoints
    {
        void Put<TSimd>(int point, TSimd value)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>
    /// Six inputs, from which four outputs are made, to six points: <c>Bᵀd</c>.
    /// <code>
    /// p²q²   0    -(p²+q²)   0      1   0
    ///  0   ∓pq²     -q²     ±p      1   0      at ±p
    ///  0   ∓qp²     -p²     ±q      1   0      at ±q
    ///  0   p²q²      0    -(p²+q²)  0   1
    /// </code>
    /// </summary>
    [MethodImpl(Inline)]
    private static void PutInput<TSimd, TPoints>(TPoints points, TSimd d0, TSimd d1, TSimd d2, TSimd d3, TSimd d4, TSimd d5)
        where TSimd : struct, ISimd<TSimd>
        where TPoints : struct, IPoints
    {
        TSimd product = TSimd.Broadcast(P2 * Q2), sum = TSimd.Broadcast(-(P2 + Q2));
        points.Put(0, TSimd.FusedMultiplyAdd(product, d0, TSimd.FusedMultiplyAdd(sum, d2, d4)));
        TSimd even = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-Q2), d2, d4), odd = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-Q2), d1, d3);
        points.Put(1, TSimd.FusedMultiplyAdd(TSimd.Broadcast(P), odd, even));
        points.Put(2, TSimd.FusedMultiplyAdd(TSimd.Broadcast(-P), odd, even));
        even = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-P2), d2, d4);
        odd = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-P2), d1, d3);
        points.Put(3, TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q), odd, even));
        points.Put(4, TSimd.FusedMultiplyAdd(TSimd.Broadcast(-Q), odd, even));
        points.Put(5, TSimd.FusedMultiplyAdd(product, d1, TSimd.FusedMultiplyAdd(sum, d3, d5)));
    }

    /// <summary>Three weights to six points: <c>Gg</c>, at a point v the value <c>(g₀ + v·g₁ + v²·g₂)/denominator</c>, at ∞ the last.</summary>
    [MethodImpl(Inline)]
    private static void PutWeights<TSimd, TPoints>(TPoints points, TSimd g0, TSimd g1, TSimd g2)
        where TSimd : struct, ISimd<TSimd>
        where TPoints : struct, IPoints
    {
        points.Put(0, g0 * TSimd.Broadcast(1 / AtZero));
        TSimd even = TSimd.FusedMultiplyAdd(TSimd.Broadcast(P2), g2, g0), odd = TSimd.Broadcast(P) * g1;
        points.Put(1, (even + odd) * TSimd.Broadcast(1 / AtP));
        points.Put(2, (even - odd) * TSimd.Broadcast(1 / AtP));
        even = TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q2), g2, g0);
        odd = TSimd.Broadcast(Q) * g1;
        points.Put(3, (even + odd) * TSimd.Broadcast(1 / AtQ));
        points.Put(4, (even - odd) * TSimd.Broadcast(1 / AtQ));
        points.Put(5, g2);
    }

    /// <summary>Six points back to four outputs: <c>Aᵀm</c>, output i of the powers <c>vⁱ</c> of the points, ∞ in the last alone.</summary>
    [MethodImpl(Inline)]
    private static (TSimd Y0, TSimd Y1, TSimd Y2, TSimd Y3) Outputs<TSimd>(TSimd m0, TSimd m1, TSimd m2, TSimd m3, TSimd m4, TSimd m5)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd evenP = m1 + m2, oddP = m1 - m2, evenQ = m3 + m4, oddQ = m3 - m4;
        return (
            m0 + evenP + evenQ,
            TSimd.FusedMultiplyAdd(TSimd.Broadcast(P), oddP, TSimd.Broadcast(Q) * oddQ),
            TSimd.FusedMultiplyAdd(TSimd.Broadcast(P2), evenP, TSimd.Broadcast(Q2) * evenQ),
            TSimd.FusedMultiplyAdd(TSimd.Broadcast(P2 * P), oddP, TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q2 * Q), oddQ, m5)));
    }

    /// <summary>The adjoint of <see cref="Outputs"/>: <c>A·y</c>, at a point v the polynomial <c>y₀ + v·y₁ + v²·y₂ + v³·y₃</c>, at ∞ its last.</summary>
    [MethodImpl(Inline)]
    private static void PutGradient<TSimd, TPoints>(TPoints points, TSimd y0, TSimd y1, TSimd y2, TSimd y3)
        where TSimd : struct, ISimd<TSimd>
        where TPoints : struct, IPoints
    {
        points.Put(0, y0);
        TSimd even = TSimd.FusedMultiplyAdd(TSimd.Broadcast(P2), y2, y0), odd = TSimd.FusedMultiplyAdd(TSimd.Broadcast(P2), y3, y1);
        points.Put(1, TSimd.FusedMultiplyAdd(TSimd.Broadcast(P), odd, even));
        points.Put(2, TSimd.FusedMultiplyAdd(TSimd.Broadcast(-P), odd, even));
        even = TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q2), y2, y0);
        odd = TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q2), y3, y1);
        points.Put(3, TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q), odd, even));
        points.Put(4, TSimd.FusedMultiplyAdd(TSimd.Broadcast(-Q), odd, even));
        points.Put(5, y3);
    }

    /// <summary>The adjoint of <see cref="PutWeights"/>: <c>Gᵀm</c>.</summary>
    [MethodImpl(Inline)]
    private static (TSimd G0, TSimd G1, TSimd G2) TapsOf<TSimd>(TSimd m0, TSimd m1, TSimd m2, TSimd m3, TSimd m4, TSimd m5)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd evenP = (m1 + m2) * TSimd.Broadcast(1 / AtP), oddP = (m1 - m2) * TSimd.Broadcast(P / AtP);
        TSimd evenQ = (m3 + m4) * TSimd.Broadcast(1 / AtQ), oddQ = (m3 - m4) * TSimd.Broadcast(Q / AtQ);
        return (
            TSimd.FusedMultiplyAdd(TSimd.Broadcast(1 / AtZero), m0, evenP + evenQ),
            oddP + oddQ,
            TSimd.FusedMultiplyAdd(TSimd.Broadcast(P2), evenP, TSimd.FusedMultiplyAdd(TSimd.Broadcast(Q2), evenQ, m5)));
    }

    /// <summary>A vector at each of six places.</summary>
    private readonly struct Apart(float* first, nint step) : IPoints
    {
        [MethodImpl(Inline)]
        public void Put<TSimd>(int point, TSimd value)
            where TSimd : struct, ISimd<TSimd> => value.Store(first + (point * step));
    }

    /// <summary>The first values of a vector at each of six places.</summary>
    private readonly struct Partly(float* first, nint step, int count) : IPoints
    {
        [MethodImpl(Inline)]
        public void Put<TSimd>(int point, TSimd value)
            where TSimd : struct, ISimd<TSimd> => value.StorePartial(first + (point * step), count);
    }

    /// <summary>
    /// Six lines, and once more from their fifth pixel on: where a lane takes every fourth pixel, those are the last two of a tile. What is written past
    /// the end of a run, the next run overwrites.
    /// </summary>
    private readonly struct Twofold(float* lines, int column) : IPoints
    {
        [MethodImpl(Inline)]
        public void Put<TSimd>(int point, TSimd value)
            where TSimd : struct, ISimd<TSimd>
        {
            float* line = lines + (point * LineLength) + column;
            value.Store(line);
            if (column > 0)
            {
                value.Store(line + ShiftedLines - TileGrid.Side);
            }
            else if (TSimd.Count > TileGrid.Side)
            {
                TSimd.Rotate(value, TileGrid.Side).Store(line + ShiftedLines);
            }
        }
    }
}
