using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <summary><c>Σ x</c></summary>
public readonly struct Sum : IFold
{
    /// <inheritdoc/>
    public float Identity => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
        where TSimd : struct, ISimd<TSimd> => accumulated + x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Merge<TSimd>(TSimd a, TSimd b)
        where TSimd : struct, ISimd<TSimd> => a + b;
}

/// <summary><c>Σ x²</c></summary>
public readonly struct SumOfSquares : IFold
{
    /// <inheritdoc/>
    public float Identity => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        accumulated.Accumulate(x, x);
        return accumulated;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Merge<TSimd>(TSimd a, TSimd b)
        where TSimd : struct, ISimd<TSimd> => a + b;
}

/// <summary><c>Σ (x - c)²</c>, where c is near the mean: the sum is then as good as the variance is.</summary>
internal readonly struct SquaredDeviations(float center) : IFold
{
    /// <inheritdoc/>
    public float Identity => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
        where TSimd : struct, ISimd<TSimd> => Combine(accumulated, x, TSimd.Broadcast(center));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Merge<TSimd>(TSimd a, TSimd b)
        where TSimd : struct, ISimd<TSimd> => a + b;

    /// <summary>As above, around a center of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Combine<TSimd>(TSimd accumulated, TSimd x, TSimd center)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd deviation = x - center;
        accumulated.Accumulate(deviation, deviation);
        return accumulated;
    }
}

/// <summary><c>max x</c>; NaN if one is NaN, -∞ of nothing.</summary>
public readonly struct Maximum : IFold
{
    /// <inheritdoc/>
    public float Identity => float.NegativeInfinity;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Max(accumulated, x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Merge<TSimd>(TSimd a, TSimd b)
        where TSimd : struct, ISimd<TSimd> => TSimd.Max(a, b);
}
