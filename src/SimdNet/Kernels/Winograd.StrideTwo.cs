using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

internal static unsafe partial class Winograd
{
    /// <summary>
    /// Stride 2: a tile of 2 × 2 outputs sees 5 × 5 pixels, and takes 25 multiplications of each channel where the sum itself takes 36. Along an axis the
    /// even pixels are a convolution by two weights, done in three products; the odd ones, one by the third weight, are added to the sums of two of them:
    /// <code>
    /// m₀ = g₀(d₀ - d₂) + g₁d₁   m₁ = (g₀ + g₂)d₂   m₂ = g₁d₃ + g₂(d₄ - d₂)        y₀ = m₀ + m₁   y₁ = m₁ + m₂
    /// </code>
    /// So of 3 × 3 points those at the corners are sums of four terms for each channel, those between them of two, the one in the middle of one.
    /// </summary>
    /// <remarks>
    /// Measured with 8×128×28×28 to 256: 3380 µs, the direct form 4630. By channels last the product alone, of weights packed before, took 4180, and the two
    /// transposes 1460.
    /// </remarks>
    internal readonly struct StrideTwo : IForm
    {
        private const int Terms = 5;

        /// <summary>What <see cref="PutWeights"/> puts.</summary>
        private const int First = 0, Second = 1, FirstAndThird = 2, Third = 3;

        public static int Points => 9;

        public static int Side => 2;

        public static int Seen => 5;

        /// <summary>Terms of two, one and two pixels along each axis.</summary>
        [MethodImpl(Inline)]
        public static int Start(int point)
        {
            ReadOnlySpan<byte> starts = [0, 4, 6, 10, 12, 13, 15, 19, 21, 25];
            return starts[point];
        }

        [MethodImpl(Inline)]
        public static void PutInput<TSimd, TPoints>(TPoints points, TSimd d0, TSimd d1, TSimd d2, TSimd d3, TSimd d4, TSimd d5)
            where TSimd : struct, ISimd<TSimd>
            where TPoints : struct, IPoints
        {
            points.Put(0, d0 - d2);
            points.Put(1, d1);
            points.Put(2, d2);
            points.Put(3, d3);
            points.Put(4, d4 - d2);
        }

        [MethodImpl(Leaf)]
        public static void TransformLines<TSimd>(float* lines, int tiles, float* v, int channel, int channels)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = 0; row < Terms; row++)
            {
                (int point, int terms, int term) = row switch { 0 => (0, 2, 0), 1 => (0, 2, 1), 2 => (3, 1, 0), 3 => (6, 2, 0), _ => (6, 2, 1) };
                float* left = Place(point, 2 * terms, 2 * term), middle = Place(point + 1, terms, term), right = Place(point + 2, 2 * terms, 2 * term);
                for (int j = 0; j < tiles; j += TSimd.Count)
                {
                    float* pixel = lines + (TileGrid.Side * j);
                    var (d0, d1, d2, d3) = EveryFourth<TSimd>(pixel);
                    TSimd d4 = EveryFourth<TSimd>(pixel + ShiftedLines).D0;
                    (d0 - d2).Store(left + j);
                    d1.Store(left + tiles + j);
                    d2.Store(middle + j);
                    d3.Store(right + j);
                    (d4 - d2).Store(right + tiles + j);
                }

                lines += LineLength;
            }

            [MethodImpl(Inline)]
            float* Place(int point, int terms, int term) =>
                v + At<StrideTwo>(point, channels, tiles) + ((((nint)channel * terms) + term) * tiles);
        }

        [MethodImpl(Inline)]
        public static void PutWeights<TSimd, TPoints>(TPoints points, TSimd g0, TSimd g1, TSimd g2)
            where TSimd : struct, ISimd<TSimd>
            where TPoints : struct, IPoints
        {
            points.Put(First, g0);
            points.Put(Second, g1);
            points.Put(FirstAndThird, g0 + g2);
            points.Put(Third, g2);
        }

        [MethodImpl(Inline)]
        public static void WeightsToPoints<TSimd>(float* room, float* u, WeightPlace place)
            where TSimd : struct, ISimd<TSimd>
        {
            var (a0, a1, a02, a2) = Line<TSimd>(room, First);
            var (b0, b1, b02, b2) = Line<TSimd>(room, Second);
            Put4(u, 0, place, a0, a1, b0, b1);
            Put2(u, 1, place, a02, b02);
            Put4(u, 2, place, a1, a2, b1, b2);
            (a0, a1, a02, a2) = Line<TSimd>(room, Third);
            Put4(u, 6, place, b0, b1, a0, a1);
            Put2(u, 7, place, b02, a02);
            Put4(u, 8, place, b1, b2, a1, a2);
            (a0, a1, a02, a2) = Line<TSimd>(room, FirstAndThird);
            Put2(u, 3, place, a0, a1);
            a02.StorePartial(Place(u, 4, place), place.Count);
            Put2(u, 5, place, a1, a2);
        }

        [MethodImpl(Leaf)]
        public static void TransformBack<TSimd, TActivation>(
            float* products, nint step, int count, float* bias, TActivation activation, float* lines, float* room, bool pools)
            where TSimd : struct, ISimd<TSimd>
            where TActivation : struct, IUnaryOperator
        {
            TSimd addend = bias == null ? TSimd.Zero : TSimd.Broadcast(*bias);
            for (int j = 0; j < count; j += TSimd.Count)
            {
                for (int row = 0; row < 2; row++)
                {
                    float* point = products + (3 * row * step) + j;
                    TSimd m0 = Column(point), m1 = Column(point + step), m2 = Column(point + (2 * step));
                    var (low, high) = TSimd.Interleave(Finish(m0 + m1), Finish(m1 + m2));
                    float* destination = lines + (row * LineLength) + (2 * j);
                    low.Store(destination);
                    high.Store(destination + TSimd.Count);
                }
            }

            [MethodImpl(Inline)]
            TSimd Column(float* point) => TSimd.Load(point) + TSimd.Load(point + (3 * step));

            [MethodImpl(Inline)]
            TSimd Finish(TSimd sum) => activation.Invoke(bias == null ? sum : sum + addend);
        }

        /// <summary>Weights along a line: first, second, first and third, third.</summary>
        [MethodImpl(Inline)]
        private static (TSimd A0, TSimd A1, TSimd A02, TSimd A2) Line<TSimd>(float* room, int line)
            where TSimd : struct, ISimd<TSimd>
        {
            room += line * 3 * TSimd.Count;
            TSimd g0 = TSimd.Load(room), g2 = TSimd.Load(room + (2 * TSimd.Count));
            return (g0, TSimd.Load(room + TSimd.Count), g0 + g2, g2);
        }

        [MethodImpl(Inline)]
        private static float* Place(float* u, int point, WeightPlace place) =>
            u + At<StrideTwo>(point, place.Rows, place.Columns) + ((((nint)place.Row * place.Columns) + place.Column) * (Start(point + 1) - Start(point)));

        /// <summary>Terms side by side, channel after channel.</summary>
        [MethodImpl(Inline)]
        private static void Put2<TSimd>(float* u, int point, WeightPlace place, TSimd a, TSimd b)
            where TSimd : struct, ISimd<TSimd>
        {
            float* destination = Place(u, point, place);
            int length = 2 * place.Count;
            var (low, high) = TSimd.Interleave(a, b);
            low.StorePartial(destination, length);
            high.StorePartial(destination + TSimd.Count, length - TSimd.Count);
        }

        [MethodImpl(Inline)]
        private static void Put4<TSimd>(float* u, int point, WeightPlace place, TSimd a, TSimd b, TSimd c, TSimd d)
            where TSimd : struct, ISimd<TSimd>
        {
            float* destination = Place(u, point, place);
            int length = 4 * place.Count;
            var (aLow, aHigh) = TSimd.Interleave(a, c);
            var (bLow, bHigh) = TSimd.Interleave(b, d);
            var (first, second) = TSimd.Interleave(aLow, bLow);
            var (third, fourth) = TSimd.Interleave(aHigh, bHigh);
            first.StorePartial(destination, length);
            second.StorePartial(destination + TSimd.Count, length - TSimd.Count);
            third.StorePartial(destination + (2 * TSimd.Count), length - (2 * TSimd.Count));
            fourth.StorePartial(destination + (3 * TSimd.Count), length - (3 * TSimd.Count));
        }
    }
}
