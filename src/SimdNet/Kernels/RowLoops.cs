using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>A function of a row, such as softmax, with the same bits whether the row lies in registers or in memory.</summary>
internal unsafe interface IRowOperator
{
    /// <summary>What the lanes past the end of a row hold: they must add nothing to the row's sums, nor decide its maximum.</summary>
    static abstract float Padding { get; }

    /// <summary>Whether there is a second operand; if not, it is the first.</summary>
    static abstract bool TakesTwo { get; }

    /// <summary>A row that one vector holds, made of some of the machine's, which do for what is one number of the row.</summary>
    static abstract TRow Invoke<TSimd, TRow>(TRow a, TRow b)
        where TSimd : struct, ISimd<TSimd>
        where TRow : struct, ISimd<TRow>;

    /// <summary>A row of any length; the destination may be b.</summary>
    static abstract void Invoke<TSimd>(float* a, float* b, int columns, float* destination)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>
/// Loops over rows. The leaves of <see cref="Loops"/> cost a call each; a row of few vectors is done in registers instead.
/// </summary>
/// <remarks>
/// Same bits: up to 64 lanes, the tree of a row in a vector is that of the 32 virtual lanes of <c>Loops.Fold</c>. Its first step at 64
/// lanes adds number i + 32 to number i, as lane i does there; below 32 lanes the steps left out would merge lanes that hold nothing.
/// </remarks>
internal static unsafe class RowLoops
{
    public static void Run<TOperator, TSimd>(float* a, float* b, int rows, int columns, float* destination)
        where TOperator : struct, IRowOperator
        where TSimd : struct, ISimd<TSimd>
    {
        if (columns <= TSimd.Count)
        {
            Short<TOperator, TSimd, TSimd>(a, b, rows, columns, destination);
        }
        else if (columns <= Twice<TSimd>.Count)
        {
            Short<TOperator, TSimd, Twice<TSimd>>(a, b, rows, columns, destination);
        }
        else if (TSimd.RegisterCount >= 32 && columns <= Twice<Twice<TSimd>>.Count) // with 16 registers it spills
        {
            Short<TOperator, TSimd, Twice<Twice<TSimd>>>(a, b, rows, columns, destination);
        }
        else
        {
            for (int row = 0; row < rows; row++)
            {
                nint offset = (nint)row * columns;
                TOperator.Invoke<TSimd>(a + offset, b + offset, columns, destination + offset);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Short<TOperator, TSimd, TRow>(float* a, float* b, int rows, int columns, float* destination)
        where TOperator : struct, IRowOperator
        where TSimd : struct, ISimd<TSimd>
        where TRow : struct, ISimd<TRow>
    {
        TRow inside = TRow.FirstLanes(columns), padding = TRow.Broadcast(TOperator.Padding);
        for (; rows > 0; rows--, a += columns, b += columns, destination += columns)
        {
            TRow first = TRow.Select(inside, TRow.LoadPartial(a, columns), padding);
            TRow second = TOperator.TakesTwo ? TRow.Select(inside, TRow.LoadPartial(b, columns), padding) : first;
            TOperator.Invoke<TSimd, TRow>(first, second).StorePartial(destination, columns);
        }
    }
}
