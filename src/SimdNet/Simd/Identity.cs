namespace SimdNet.Simd;

/// <summary><c>x</c>: no activation.</summary>
public readonly struct Identity : IUnaryOperator
{
    /// <inheritdoc/>
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => x;
}
