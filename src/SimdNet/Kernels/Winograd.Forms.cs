using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>What two strides have in common: tiles whose pixels begin four apart.</content>
internal static unsafe partial class Winograd
{
    /// <summary>
    /// A form of the sums of a tile. Its points are matrices in turn, of pixels and of weights; a channel has one term of the sum at a point, or a few side by
    /// side, which the product adds up as if they were channels.
    /// </summary>
    internal interface IForm
    {
        /// <summary>The points of a tile.</summary>
        static abstract int Points { get; }

        /// <summary>Outputs of a tile along an axis.</summary>
        static abstract int Side { get; }

        /// <summary>Pixels that a tile sees along an axis, five or six.</summary>
        static abstract int Seen { get; }

        /// <summary>The terms of all points before this one.</summary>
        static abstract int Start(int point);

        /// <summary>Pixels along an axis to what is put at the points.</summary>
        static abstract void PutInput<TSimd, TPoints>(TPoints points, TSimd d0, TSimd d1, TSimd d2, TSimd d3, TSimd d4, TSimd d5)
            where TSimd : struct, ISimd<TSimd>
            where TPoints : struct, IPoints;

        /// <summary>A channel's lines, transformed along the columns, to the points of tiles: one of so many channels.</summary>
        static abstract void TransformLines<TSimd>(float* lines, int tiles, float* v, int channel, int channels)
            where TSimd : struct, ISimd<TSimd>;

        /// <summary>Weights along an axis to what is put at the points.</summary>
        static abstract void PutWeights<TSimd, TPoints>(TPoints points, TSimd g0, TSimd g1, TSimd g2)
            where TSimd : struct, ISimd<TSimd>
            where TPoints : struct, IPoints;

        /// <summary>Weights of a few columns, three vectors for each that <see cref="PutWeights"/> has put, to the points.</summary>
        static abstract void WeightsToPoints<TSimd>(float* room, float* u, WeightPlace place)
            where TSimd : struct, ISimd<TSimd>;

        /// <summary>The products of one channel back to outputs, or to the largest of each 2 × 2.</summary>
        static abstract void TransformBack<TSimd, TActivation>(
            float* products, nint step, int count, float* bias, TActivation activation, float* lines, float* room, bool pools)
            where TSimd : struct, ISimd<TSimd>
            where TActivation : struct, IUnaryOperator;
    }

    /// <summary>Where weights stand in the matrices [rows, columns] of the points: <paramref name="Count"/> of them side by side.</summary>
    internal readonly record struct WeightPlace(int Rows, int Columns, int Row, int Column, int Count);

    /// <summary>F(4×4, 3×3).</summary>
    internal readonly struct StrideOne : IForm
    {
        public static int Points => Frequencies;

        public static int Side => TileGrid.Side;

        public static int Seen => Winograd.Points;

        [MethodImpl(Inline)]
        public static int Start(int point) => point;

        [MethodImpl(Inline)]
        public static void PutInput<TSimd, TPoints>(TPoints points, TSimd d0, TSimd d1, TSimd d2, TSimd d3, TSimd d4, TSimd d5)
            where TSimd : struct, ISimd<TSimd>
            where TPoints : struct, IPoints => Winograd.PutInput(points, d0, d1, d2, d3, d4, d5);

        [MethodImpl(Inline)]
        public static void TransformLines<TSimd>(float* lines, int tiles, float* v, int channel, int channels)
            where TSimd : struct, ISimd<TSimd> => TransformLines<TSimd>(lines, tiles, v + ((nint)channel * tiles), Step(channels, tiles));

        [MethodImpl(Inline)]
        public static void PutWeights<TSimd, TPoints>(TPoints points, TSimd g0, TSimd g1, TSimd g2)
            where TSimd : struct, ISimd<TSimd>
            where TPoints : struct, IPoints => Winograd.PutWeights(points, g0, g1, g2);

        [MethodImpl(Inline)]
        public static void WeightsToPoints<TSimd>(float* room, float* u, WeightPlace place)
            where TSimd : struct, ISimd<TSimd>
        {
            nint step = Step(place.Rows, place.Columns);
            u += ((nint)place.Row * place.Columns) + place.Column;
            for (int point = 0; point < Winograd.Points; point++)
            {
                PutWeights(new Partly(u, step, place.Count), TSimd.Load(room), TSimd.Load(room + TSimd.Count), TSimd.Load(room + (2 * TSimd.Count)));
                room += 3 * TSimd.Count;
                u += Winograd.Points * step;
            }
        }

        [MethodImpl(Inline)]
        public static void TransformBack<TSimd, TActivation>(
            float* products, nint step, int count, float* bias, TActivation activation, float* lines, float* room, bool pools)
            where TSimd : struct, ISimd<TSimd>
            where TActivation : struct, IUnaryOperator
        {
            if (pools)
            {
                TransformBackToLargest<TSimd, TActivation>(products, step, count, bias, activation, lines, room);
            }
            else
            {
                Winograd.TransformBack<TSimd, TActivation>(products, step, count, bias, activation, lines, room);
            }
        }

        /// <summary>A lane is a tile, whose pixels lie four apart from those of the next.</summary>
        [MethodImpl(Leaf)]
        private static void TransformLines<TSimd>(float* lines, int tiles, float* destination, nint step)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = 0; row < Winograd.Points; row++)
            {
                for (int j = 0; j < tiles; j += TSimd.Count)
                {
                    float* pixel = lines + (TileGrid.Side * j);
                    var (d0, d1, d2, d3) = EveryFourth<TSimd>(pixel);
                    pixel += ShiftedLines;
                    var (even, odd) = TSimd.Deinterleave(TSimd.Load(pixel), TSimd.Load(pixel + TSimd.Count));
                    var (nextEven, nextOdd) = TSimd.Deinterleave(TSimd.Load(pixel + (2 * TSimd.Count)), TSimd.Load(pixel + (3 * TSimd.Count)));
                    TSimd d4 = TSimd.Deinterleave(even, nextEven).Even, d5 = TSimd.Deinterleave(odd, nextOdd).Even;
                    Winograd.PutInput(new Apart(destination + j, step), d0, d1, d2, d3, d4, d5);
                }

                lines += LineLength;
                destination += Winograd.Points * step;
            }
        }
    }

    /// <summary>Where the matrix of a point begins, if each term has rows × columns values.</summary>
    [MethodImpl(Inline)]
    private static nint At<TForm>(int point, int rows, int columns)
        where TForm : struct, IForm => ((nint)TForm.Start(point) * rows * columns) + ((nint)point * Gap);

    /// <summary>Four values of each lane that lie side by side.</summary>
    [MethodImpl(Inline)]
    private static (TSimd D0, TSimd D1, TSimd D2, TSimd D3) EveryFourth<TSimd>(float* source)
        where TSimd : struct, ISimd<TSimd>
    {
        var (even, odd) = TSimd.Deinterleave(TSimd.Load(source), TSimd.Load(source + TSimd.Count));
        var (nextEven, nextOdd) = TSimd.Deinterleave(TSimd.Load(source + (2 * TSimd.Count)), TSimd.Load(source + (3 * TSimd.Count)));
        var (d0, d2) = TSimd.Deinterleave(even, nextEven);
        var (d1, d3) = TSimd.Deinterleave(odd, nextOdd);
        return (d0, d1, d2, d3);
    }
}
