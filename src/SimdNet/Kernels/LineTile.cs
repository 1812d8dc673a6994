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

/// <summary>How a vector is read.</summary>
internal unsafe interface ILineVector<TSelf, TSimd>
    where TSelf : struct, ILineVector<TSelf, TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    static abstract TSelf At(float* b, ref readonly LinePlace place);

    TSimd Load(nint offset);
}

/// <summary>Outputs of one line.</summary>
internal readonly unsafe struct LineVector<TSimd>(float* first) : ILineVector<LineVector<TSimd>, TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly float* _first = first;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LineVector<TSimd> At(float* b, ref readonly LinePlace place) => new(b + place.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Load(nint offset) => TSimd.Load(_first + offset);
}

/// <summary>Outputs of two lines, one after the other.</summary>
internal readonly unsafe struct SeamVector<TSimd>(float* first, float* second, TSimd split) : ILineVector<SeamVector<TSimd>, TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly float* _first = first, _second = second;
    private readonly TSimd _split = split;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SeamVector<TSimd> At(float* b, ref readonly LinePlace place) =>
        new(b + place.First, b + place.Second, TSimd.FirstLanes(place.Split));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Load(nint offset) => TSimd.Select(_split, TSimd.Load(_first + offset), TSimd.Load(_second + offset));
}

/// <summary>The rows of a <see cref="LineTile"/>, put on top of each other as <see cref="ITileRows{TVector}"/> are.</summary>
internal unsafe interface IPairRows<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    static abstract int Count { get; }

    /// <summary>One step of k: each row adds its value of A times two vectors.</summary>
    void Accumulate(float* a, nint aRowStride, TSimd first, TSimd second);

    /// <summary>Stores each row, with its bias.</summary>
    void Finish<TFinish>(float* bias, TFinish finish, float* c, nint cRowStride, LinePlace* pair)
        where TFinish : struct, ILineFinish;
}

/// <summary>Two vectors of one channel.</summary>
internal unsafe struct PairRow<TSimd> : IPairRows<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
#pragma warning disable CS0649 // sums start at zero
    private TSimd _first, _second;
#pragma warning restore CS0649

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(float* a, nint aRowStride, TSimd first, TSimd second)
    {
        TSimd weight = TSimd.Broadcast(*a);
        _first.Accumulate(weight, first);
        _second.Accumulate(weight, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish<TFinish>(float* bias, TFinish finish, float* c, nint cRowStride, LinePlace* pair)
        where TFinish : struct, ILineFinish
    {
        TSimd addend = TSimd.Broadcast(*bias);
        finish.Store(_first, addend, c + pair[0].To, pair[0].Repeated);
        finish.Store(_second, addend, c + pair[1].To, pair[1].Repeated);
    }
}

/// <summary>Rows on top of rows.</summary>
internal unsafe struct PairStack<TUpper, TLower, TSimd> : IPairRows<TSimd>
    where TSimd : struct, ISimd<TSimd>
    where TUpper : struct, IPairRows<TSimd>
    where TLower : struct, IPairRows<TSimd>
{
#pragma warning disable CS0649 // sums start at zero
    private TUpper _upper;
    private TLower _lower;
#pragma warning restore CS0649

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TUpper.Count + TLower.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(float* a, nint aRowStride, TSimd first, TSimd second)
    {
        _upper.Accumulate(a, aRowStride, first, second);
        _lower.Accumulate(a + (TUpper.Count * aRowStride), aRowStride, first, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish<TFinish>(float* bias, TFinish finish, float* c, nint cRowStride, LinePlace* pair)
        where TFinish : struct, ILineFinish
    {
        _upper.Finish(bias, finish, c, cRowStride, pair);
        _lower.Finish(bias + TUpper.Count, finish, c + (TUpper.Count * cRowStride), cRowStride, pair);
    }
}
