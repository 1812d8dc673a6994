using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// The rows of a tile of C, each one vector of accumulators. A tile is a type: rows are put on top of each other by
/// <see cref="Stack{TUpper, TLower, TVector}"/>, and the JIT keeps each accumulator in a register of its own (measured: a composed tile
/// runs as fast as the same tile written out with named locals, 97 % of the FMA peak at k = 256).
/// </summary>
internal unsafe interface ITileRows<TVector>
    where TVector : struct, ISimd<TVector>
{
    static abstract int Count { get; }

    /// <summary>One step of k: each row adds its value of A times one row of B.</summary>
    void Accumulate(float* a, nint aRowStride, TVector b);

    void Store(float* c, nint cRowStride);

    /// <summary>Adds the sums to what is there.</summary>
    void AddTo(float* c, nint cRowStride);

    /// <summary>Writes the first <paramref name="columns"/> sums of each row.</summary>
    void StorePartial(float* c, nint cRowStride, int columns);
}

/// <summary>One row of a tile.</summary>
internal unsafe struct Row<TVector> : ITileRows<TVector>
    where TVector : struct, ISimd<TVector>
{
#pragma warning disable CS0649 // sums start at zero
    private TVector _sum;
#pragma warning restore CS0649

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(float* a, nint aRowStride, TVector b) => _sum.Accumulate(TVector.Broadcast(*a), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* c, nint cRowStride) => _sum.Store(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddTo(float* c, nint cRowStride) => (TVector.Load(c) + _sum).Store(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StorePartial(float* c, nint cRowStride, int columns) => _sum.StorePartial(c, columns);
}

/// <summary>Rows on top of rows.</summary>
internal unsafe struct Stack<TUpper, TLower, TVector> : ITileRows<TVector>
    where TVector : struct, ISimd<TVector>
    where TUpper : struct, ITileRows<TVector>
    where TLower : struct, ITileRows<TVector>
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
    public void Accumulate(float* a, nint aRowStride, TVector b)
    {
        _upper.Accumulate(a, aRowStride, b);
        _lower.Accumulate(a + (TUpper.Count * aRowStride), aRowStride, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* c, nint cRowStride)
    {
        _upper.Store(c, cRowStride);
        _lower.Store(c + (TUpper.Count * cRowStride), cRowStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddTo(float* c, nint cRowStride)
    {
        _upper.AddTo(c, cRowStride);
        _lower.AddTo(c + (TUpper.Count * cRowStride), cRowStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StorePartial(float* c, nint cRowStride, int columns)
    {
        _upper.StorePartial(c, cRowStride, columns);
        _lower.StorePartial(c + (TUpper.Count * cRowStride), cRowStride, columns);
    }
}

/// <summary>The operands of one tile, <c>C[i, :] ← Σ A[i, k]·B[k, :]</c>, whose rows of B and C are one (wide) vector or its first columns.</summary>
internal unsafe struct Tile
{
    public int K;
    public int Columns;
    public bool AddsToC; // where the tile has all its columns
    public float* A; // element (i, k) at A[i·ARowStride + k·AStep]
    public nint ARowStride, AStep;
    public float* B; // row k at B[k·BStep]; of dots: column j at B[j·BStep]
    public nint BStep;
    public float* Tail; // of dots: the last K % 4 rows of B, one vector each
    public float* C; // row i at C[i·CRowStride]
    public nint CRowStride;
}

public static partial class Gemm
{
    /// <summary>
    /// The only arithmetic: <c>C[i, :] ← Σ A[i, k]·B[k, :]</c> in order of k by fused multiply-add. A step of k does Rows multiply-adds for
    /// Rows broadcasts and one load.
    /// </summary>
    /// <remarks>
    /// All of it must fit the JIT's budget for inlining, or the sums fall out of their registers without a word: with the loop unrolled four
    /// times a product took four times as long. Unrolled twice it gained nothing.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void MicroKernel<TRows, TVector>(ref readonly Tile tile)
        where TRows : struct, ITileRows<TVector>
        where TVector : struct, ISimd<TVector>
    {
        TRows sums = default;
        float* a = tile.A;
        float* b = tile.B;
        nint aRowStride = tile.ARowStride, aStep = tile.AStep, bStep = tile.BStep;
        if (tile.Columns == TVector.Count)
        {
            for (int k = tile.K; k > 0; k--)
            {
                sums.Accumulate(a, aRowStride, TVector.Load(b));
                a += aStep;
                b += bStep;
            }

            if (tile.AddsToC)
            {
                sums.AddTo(tile.C, tile.CRowStride);
            }
            else
            {
                sums.Store(tile.C, tile.CRowStride);
            }
        }
        else
        {
            int columns = tile.Columns;
            for (int k = tile.K; k > 0; k--)
            {
                sums.Accumulate(a, aRowStride, TVector.LoadPartial(b, columns));
                a += aStep;
                b += bStep;
            }

            sums.StorePartial(tile.C, tile.CRowStride, columns);
        }
    }

    /// <summary>Runs the micro-kernel, or that of dots, of exactly <paramref name="rows"/> rows, 1 to 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MicroKernel<TVector>(int rows, ref readonly Tile tile)
        where TVector : struct, ISimd<TVector> =>
        MicroKernel<
            Row<TVector>,
            Stack<Row<TVector>, Row<TVector>, TVector>,
            Stack<Stack<Row<TVector>, Row<TVector>, TVector>, Stack<Row<TVector>, Row<TVector>, TVector>, TVector>,
            TVector>(rows, in tile);

    /// <summary>One, two and four rows have names here, so that every height can be spelled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MicroKernel<TOne, TTwo, TFour, TVector>(int rows, ref readonly Tile tile)
        where TOne : struct, ITileRows<TVector>
        where TTwo : struct, ITileRows<TVector>
        where TFour : struct, ITileRows<TVector>
        where TVector : struct, ISimd<TVector>
    {
        switch (rows)
        {
            case 1:
                Run<TOne, TVector>(in tile);
                break;
            case 2:
                Run<TTwo, TVector>(in tile);
                break;
            case 3:
                Run<Stack<TTwo, TOne, TVector>, TVector>(in tile);
                break;
            case 4:
                Run<TFour, TVector>(in tile);
                break;
            case 5:
                Run<Stack<TFour, TOne, TVector>, TVector>(in tile);
                break;
            case 6:
                Run<Stack<TFour, TTwo, TVector>, TVector>(in tile);
                break;
            case 7:
                Run<Stack<TFour, Stack<TTwo, TOne, TVector>, TVector>, TVector>(in tile);
                break;
            case 8:
                Run<Stack<TFour, TFour, TVector>, TVector>(in tile);
                break;
            case 9:
                Run<Stack<Stack<TFour, TFour, TVector>, TOne, TVector>, TVector>(in tile);
                break;
            case 10:
                Run<Stack<Stack<TFour, TFour, TVector>, TTwo, TVector>, TVector>(in tile);
                break;
            case 11:
                Run<Stack<Stack<TFour, TFour, TVector>, Stack<TTwo, TOne, TVector>, TVector>, TVector>(in tile);
                break;
            default:
                Debug.Assert(rows == 12, "the tile heights of Blocking");
                Run<Stack<Stack<TFour, TFour, TVector>, TFour, TVector>, TVector>(in tile);
                break;
        }
    }

    private static unsafe void Run<TRows, TVector>(ref readonly Tile tile)
        where TRows : struct, ITileRows<TVector>
        where TVector : struct, ISimd<TVector>
    {
        if (tile.Tail == null)
        {
            MicroKernel<TRows, TVector>(in tile);
        }
        else
        {
            DotKernel<TRows, TVector>(in tile);
        }
    }
}
