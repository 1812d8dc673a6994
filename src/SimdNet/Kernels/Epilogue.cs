using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// What a product does with its sums while they are in cache: <c>C ← activation(α·A·B + β·C + bias)</c>.
/// </summary>
/// <typeparam name="TActivation">The activation; <see cref="Identity"/> for none.</typeparam>
/// <param name="activation">Applied to every element of C, last.</param>
public readonly ref struct Epilogue<TActivation>(TActivation activation)
    where TActivation : struct, IUnaryOperator
{
    /// <summary>[m], added to every column of C, or empty.</summary>
    public ReadOnlySpan<float> RowBias { get; init; }

    /// <summary>[n], added to every row of C, or empty.</summary>
    public ReadOnlySpan<float> ColumnBias { get; init; }

    /// <summary>Applied to every element of C, last.</summary>
    public TActivation Activation { get; } = activation;
}
