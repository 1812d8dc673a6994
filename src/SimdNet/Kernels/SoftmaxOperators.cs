using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary><c>exp(x - M)/Σ exp(x - M)</c></summary>
internal readonly unsafe struct SoftmaxForward : IRowOperator
{
    public static float Padding => float.NegativeInfinity;

    public static bool TakesTwo => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRow Invoke<TSimd, TRow>(TRow a, TRow b)
        where TSimd : struct, ISimd<TSimd>
        where TRow : struct, ISimd<TRow>
    {
        TRow powers = SoftmaxRow.Exponentials(a, out _, out float sum);
        return new Multiple(1 / sum).Invoke(powers);
    }

    public static void Invoke<TSimd>(float* a, float* b, int columns, float* destination)
        where TSimd : struct, ISimd<TSimd>
    {
        (_, float sum) = SoftmaxRow.Exponentials<TSimd>(a, columns, destination);
        Loops.Map<Multiple, TSimd>(new(1 / sum), destination, destination, columns);
    }
}

/// <summary><c>y·dy - y·Σ y·dy</c>; a is y, b is dy.</summary>
internal readonly unsafe struct SoftmaxBackward : IRowOperator
{
    public static float Padding => 0;

    public static bool TakesTwo => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRow Invoke<TSimd, TRow>(TRow a, TRow b)
        where TSimd : struct, ISimd<TSimd>
        where TRow : struct, ISimd<TRow>
    {
        TRow products = a * b;
        return new MinusMultiple(SoftmaxRow.Sum(products)).Invoke(products, a);
    }

    public static void Invoke<TSimd>(float* a, float* b, int columns, float* destination)
        where TSimd : struct, ISimd<TSimd>
    {
        Loops.Zip<Times, TSimd>(default, a, b, destination, columns);
        float sum = Loops.Fold<Sum, TSimd>(default, destination, columns);
        Loops.Zip<MinusMultiple, TSimd>(new(sum), destination, a, destination, columns);
    }

    /// <summary><c>x·y</c></summary>
    private readonly struct Times : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x * y;
    }

    /// <summary><c>x - c·y</c></summary>
    private readonly struct MinusMultiple(float c) : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(TSimd.Broadcast(-c), y, x);
    }
}

/// <summary><c>x - M - ln Σ exp(x - M)</c></summary>
internal readonly unsafe struct LogSoftmaxForward : IRowOperator
{
    public static float Padding => float.NegativeInfinity;

    public static bool TakesTwo => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRow Invoke<TSimd, TRow>(TRow a, TRow b)
        where TSimd : struct, ISimd<TSimd>
        where TRow : struct, ISimd<TRow>
    {
        SoftmaxRow.Exponentials(a, out float maximum, out float sum);
        return new Shift(maximum, SoftmaxRow.Log<TSimd>(sum)).Invoke(a);
    }

    public static void Invoke<TSimd>(float* a, float* b, int columns, float* destination)
        where TSimd : struct, ISimd<TSimd>
    {
        float maximum = Loops.Fold<Largest, TSimd>(default, a, columns);
        float sum = SoftmaxRow.SumOfExponentials<TSimd>(a, columns, maximum);
        Loops.Map<Shift, TSimd>(new(maximum, SoftmaxRow.Log<TSimd>(sum)), a, destination, columns);
    }

    /// <summary><c>x - a - b</c></summary>
    private readonly struct Shift(float a, float b) : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => x - TSimd.Broadcast(a) - TSimd.Broadcast(b);
    }
}

/// <summary><c>dy - exp(y)·Σ dy</c>; a is y, b is dy.</summary>
internal readonly unsafe struct LogSoftmaxBackward : IRowOperator
{
    public static float Padding => 0;

    public static bool TakesTwo => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRow Invoke<TSimd, TRow>(TRow a, TRow b)
        where TSimd : struct, ISimd<TSimd>
        where TRow : struct, ISimd<TRow> => new MinusShare(SoftmaxRow.Sum(b)).Invoke(a, b);

    public static void Invoke<TSimd>(float* a, float* b, int columns, float* destination)
        where TSimd : struct, ISimd<TSimd> =>
        Loops.Zip<MinusShare, TSimd>(new(Loops.Fold<Sum, TSimd>(default, b, columns)), a, b, destination, columns);

    /// <summary><c>y - c·eˣ</c></summary>
    private readonly struct MinusShare(float c) : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(TSimd.Broadcast(-c), SimdMath.Exp(x), y);
    }
}
