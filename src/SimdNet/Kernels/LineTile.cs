using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// Where a vector of outputs reads and is written. Its lanes from <paramref name="Split"/> on belong to the next line.
/// </summary>
/// <param name="First">What the first lanes read, from the first output of all on.</param>
/// <param name="Second">What the others would read if they were all.</param>
/// <param name="Split">The lanes of the first line.</param>
/// <param name="To">The first output of the vector.</param>
/// <param name="Repeated">Lanes whose outputs the vector before has too.</param>
internal readonly record struct LinePlace(int First, int Second, int Split, int To, int Repeated);

/// <summary>
/// Outputs of some channels along the lines of an image, <c>C[i, p] ← finish(Σ A[i, k]·B[p + offset(k)], bias(i))</c>: the micro-kernel of
/// <see cref="Gemm"/> over values that lie where they are, two vectors of each channel at a time, from wherever each begins.
/// </summary>
internal unsafe struct LineTile
{
    public int Rows, K, Pairs;
    public int Width; // the lanes of a vector that are outputs
    public bool HasSeams; // whether vectors reach into the next line
    public float* A; // element (i, k) at A[i·ARowStride + k]
    public nint ARowStride;
    public float* B;
    public int* Offsets; // [K]
    public LinePlace* Places; // [2·Pairs]
    public float* Bias; // [Rows]
    public float* C; // row i at C[i·CRowStride]
    public nint CRowStride;

    /// <summary>Runs the kernel of exactly <see cref="Rows"/> rows, 1 to 12.</summary>
    public readonly void Run<TSimd, TFinish>(TFinish finish)
        where TSimd : struct, ISimd<TSimd>
        where TFinish : struct, ILineFinish
    {
        if (HasSeams)
        {
            Run<SeamVector<TSimd>, TSimd, TFinish>(finish);
        }
        else
        {
            Run<LineVector<TSimd>, TSimd, TFinish>(finish);
        }
    }

    private readonly void Run<TSource, TSimd, TFinish>(TFinish finish)
        where TSource : struct, ILineVector<TSource, TSimd>
        where TSimd : struct, ISimd<TSimd>
        where TFinish : struct, ILineFinish =>
        Run<
            PairRow<TSimd>,
            PairStack<PairRow<TSimd>, PairRow<TSimd>, TSimd>,
            PairStack<PairStack<PairRow<TSimd>, PairRow<TSimd>, TSimd>, PairStack<PairRow<TSimd>, PairRow<TSimd>, TSimd>, TSimd>,
            TSource, TSimd, TFinish>(finish);

    private readonly void Run<TOne, TTwo, TFour, TSource, TSimd, TFinish>(TFinish finish)
        where TOne : struct, IPairRows<TSimd>
        where TTwo : struct, IPairRows<TSimd>
        where TFour : struct, IPairRows<TSimd>
        where TSource : struct, ILineVector<TSource, TSimd>
        where TSimd : struct, ISimd<TSimd>
        where TFinish : struct, ILineFinish
    {
        switch (Rows)
        {
            case 1:
                Sums<TOne, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 2:
                Sums<TTwo, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 3:
                Sums<PairStack<TTwo, TOne, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 4:
                Sums<TFour, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 5:
                Sums<PairStack<TFour, TOne, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 6:
                Sums<PairStack<TFour, TTwo, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 7:
                Sums<PairStack<TFour, PairStack<TTwo, TOne, TSimd>, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 8:
                Sums<PairStack<TFour, TFour, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 9:
                Sums<PairStack<PairStack<TFour, TFour, TSimd>, TOne, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 10:
                Sums<PairStack<PairStack<TFour, TFour, TSimd>, TTwo, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            case 11:
                Sums<PairStack<PairStack<TFour, TFour, TSimd>, PairStack<TTwo, TOne, TSimd>, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
            default:
                Debug.Assert(Rows == 12, "the tile heights of Blocking");
                Sums<PairStack<PairStack<TFour, TFour, TSimd>, TFour, TSimd>, TSource, TSimd, TFinish>(in this, finish);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Sums<TRows, TSource, TSimd, TFinish>(ref readonly LineTile tile, TFinish finish)
        where TRows : struct, IPairRows<TSimd>
        where TSource : struct, ILineVector<TSource, TSimd>
        where TSimd : struct, ISimd<TSimd>
        where TFinish : struct, ILineFinish
    {
        int* offsets = tile.Offsets;
        nint depth = tile.K, aRowStride = tile.ARowStride;
        LinePlace* end = tile.Places + (2 * tile.Pairs);
        for (LinePlace* pair = tile.Places; pair < end; pair += 2)
        {
            TRows sums = default;
            float* a = tile.A;
            TSource first = TSource.At(tile.B, in pair[0]), second = TSource.At(tile.B, in pair[1]);
            for (nint k = 0; k < depth; k++)
            {
                nint offset = offsets[k];
                sums.Accumulate(a, aRowStride, first.Load(offset), second.Load(offset));
                a++;
            }

            sums.Finish(tile.Bias, finish, tile.C, tile.CRowStride, pair);
        }
    }
}
