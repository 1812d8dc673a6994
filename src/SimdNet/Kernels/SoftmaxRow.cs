using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>What softmax and its losses do to a row, once in registers and once in memory.</summary>
internal static unsafe class SoftmaxRow
{
    /// <summary><c>y ← exp(x - M)</c>; gives the row's maximum M and <c>Σ y</c>. In place allowed.</summary>
    public static (float Maximum, float Sum) Exponentials<TSimd>(float* x, int columns, float* y)
        where TSimd : struct, ISimd<TSimd> =>
        columns <= TSimd.Count ? Short<TSimd>(x, columns, y)
        : columns <= Twice<TSimd>.Count ? Short<Twice<TSimd>>(x, columns, y)
        : TSimd.RegisterCount >= 32 && columns <= Twice<Twice<TSimd>>.Count ? Short<Twice<Twice<TSimd>>>(x, columns, y)
        : Long<TSimd>(x, columns, y);

    /// <summary><c>y ← share·exp(x - M)/Σ exp(x - M)</c>; gives the row's maximum M and the sum. In place allowed.</summary>
    public static (float Maximum, float Sum) Gradient<TSimd>(float* x, int columns, float share, float* y)
        where TSimd : struct, ISimd<TSimd> =>
        columns <= TSimd.Count ? ShortGradient<TSimd>(x, columns, share, y)
        : columns <= Twice<TSimd>.Count ? ShortGradient<Twice<TSimd>>(x, columns, share, y)
        : columns <= Twice<Twice<TSimd>>.Count && TSimd.RegisterCount >= 32 ? ShortGradient<Twice<Twice<TSimd>>>(x, columns, share, y)
        : LongGradient<TSimd>(x, columns, share, y);

    /// <summary><c>exp(x - M)</c>, M and the sum, of a row whose lanes past the end hold -∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRow Exponentials<TRow>(TRow x, out float maximum, out float sum)
        where TRow : struct, ISimd<TRow>
    {
        maximum = TRow.Reduce(default(Largest), x);
        TRow y = new ExpOfDifference(maximum).Invoke(x);
        sum = TRow.Reduce(default(Sum), y);
        return y;
    }

    /// <summary><c>Σ x</c> of a row whose lanes past the end hold 0.</summary>
    /// <remarks>Adding 0 matters for -0 alone, of which <c>Loops.Fold</c> makes 0.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<TRow>(TRow x)
        where TRow : struct, ISimd<TRow> => TRow.Reduce(default(Sum), TRow.Zero + x);

    /// <summary><c>Σ exp(x - M)</c> of a row that is needed afterwards as it was, with the bits of the sums above.</summary>
    /// <remarks>The 32 virtual lanes of <c>Loops.Fold</c> lie in memory: in registers, with as many exponentials, the JIT gave up.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float SumOfExponentials<TSimd>(float* x, int columns, float maximum)
        where TSimd : struct, ISimd<TSimd>
    {
        const int Lanes = 32;
        float* sums = stackalloc float[Lanes];
        for (int i = 0; i < columns; i += TSimd.Count)
        {
            TSimd row = columns - i >= TSimd.Count ? TSimd.Load(x + i) : Padded<TSimd>(x + i, columns - i);
            float* sum = sums + (i % Lanes);
            (TSimd.Load(sum) + new ExpOfDifference(maximum).Invoke(row)).Store(sum);
        }

        return Loops.Fold<Sum, TSimd>(default, sums, Lanes);
    }

    /// <summary><c>ln x</c></summary>
    /// <remarks>A call: inlined beside a row of four vectors it exceeds what the JIT is ready to inline, and all is 10 times slower.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Log<TSimd>(float x)
        where TSimd : struct, ISimd<TSimd> => TSimd.ToScalar(SimdMath.Log(TSimd.Broadcast(x)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (float Maximum, float Sum) Short<TRow>(float* x, int columns, float* y)
        where TRow : struct, ISimd<TRow>
    {
        Exponentials(Padded<TRow>(x, columns), out float maximum, out float sum).StorePartial(y, columns);
        return (maximum, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRow Padded<TRow>(float* x, int columns)
        where TRow : struct, ISimd<TRow> =>
        TRow.Select(TRow.FirstLanes(columns), TRow.LoadPartial(x, columns), TRow.Broadcast(float.NegativeInfinity));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (float Maximum, float Sum) ShortGradient<TRow>(float* x, int columns, float share, float* y)
        where TRow : struct, ISimd<TRow>
    {
        TRow row = TRow.Select(TRow.FirstLanes(columns), TRow.LoadPartial(x, columns), TRow.Broadcast(float.NegativeInfinity));
        TRow powers = Exponentials(row, out float maximum, out float sum);
        new Multiple(share / sum).Invoke(powers).StorePartial(y, columns);
        return (maximum, sum);
    }

    private static (float Maximum, float Sum) LongGradient<TSimd>(float* x, int columns, float share, float* y)
        where TSimd : struct, ISimd<TSimd>
    {
        (float maximum, float sum) = Long<TSimd>(x, columns, y);
        Loops.Map<Multiple, TSimd>(new(share / sum), y, y, columns);
        return (maximum, sum);
    }

    private static (float Maximum, float Sum) Long<TSimd>(float* x, int columns, float* y)
        where TSimd : struct, ISimd<TSimd>
    {
        float maximum = Loops.Fold<Largest, TSimd>(default, x, columns);
        Loops.Map<ExpOfDifference, TSimd>(new(maximum), x, y, columns);
        return (maximum, Loops.Fold<Sum, TSimd>(default, y, columns));
    }
}

/// <summary><c>max x</c>, where NaN may be lost: a softmax gets it back from the sum.</summary>
/// <remarks>A third of the instructions of <see cref="Maximum"/>.</remarks>
internal readonly struct Largest : IFold
{
    public float Identity => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Greater(accumulated, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Merge<TSimd>(TSimd a, TSimd b)
        where TSimd : struct, ISimd<TSimd> => TSimd.Greater(a, b);
}

/// <summary><c>exp(x - c)</c> for x ≤ c.</summary>
internal readonly struct ExpOfDifference(float c) : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => SimdMath.ExpOfBounded(TSimd.Greater(TSimd.Broadcast(-104), x - TSimd.Broadcast(c)));
}

/// <summary><c>c·x</c></summary>
internal readonly struct Multiple(float c) : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(c) * x;
}
