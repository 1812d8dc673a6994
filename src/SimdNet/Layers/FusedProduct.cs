using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Layers;

/// <summary><c>C ← activation(A·B + bias)</c> for an activation that is chosen once, when a network is put together.</summary>
internal abstract unsafe class FusedProduct
{
    /// <summary>No activation.</summary>
    public static FusedProduct Plain { get; } = new FusedProduct<Identity>(default);

    /// <summary>That which ends in the stage's activation, if it has one.</summary>
    public static FusedProduct Of(Stage stage) => stage.Activation?.FusedProduct ?? Plain;

    public abstract void Multiply(ReadOnlyMatrix a, ReadOnlyMatrix b, ReadOnlySpan<float> columnBias, Matrix c);

    public abstract void Multiply(ReadOnlyMatrix a, PackedMatrix b, ReadOnlySpan<float> columnBias, Matrix c);

    /// <summary><see cref="Gemm.MultiplyAlone"/></summary>
    public abstract void MultiplyAlone(Gemm.Strided a, Gemm.Strided b, float* rowBias, Gemm.Strided c, int m, int n, int k);

    /// <summary><see cref="Convolution.ForwardPacked"/></summary>
    public abstract void Convolve(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, PackedWinograd? packed, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape,
        bool pools);

    /// <summary><see cref="Convolution.ForwardTransposed{TActivation}"/></summary>
    public abstract void ConvolveTransposed(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape);
}

/// <inheritdoc/>
internal sealed unsafe class FusedProduct<TActivation>(TActivation activation) : FusedProduct
    where TActivation : struct, IUnaryOperator
{
    public override void Multiply(ReadOnlyMatrix a, ReadOnlyMatrix b, ReadOnlySpan<float> columnBias, Matrix c) =>
        Gemm.Multiply(1, a, b, 0, c, new Epilogue<TActivation>(activation) { ColumnBias = columnBias });

    public override void Multiply(ReadOnlyMatrix a, PackedMatrix b, ReadOnlySpan<float> columnBias, Matrix c) =>
        Gemm.Multiply(1, a, b, 0, c, new Epilogue<TActivation>(activation) { ColumnBias = columnBias });

    public override void MultiplyAlone(Gemm.Strided a, Gemm.Strided b, float* rowBias, Gemm.Strided c, int m, int n, int k) =>
        Gemm.MultiplyAlone(a, b, rowBias, c, m, n, k, activation);

    public override void Convolve(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, PackedWinograd? packed, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape,
        bool pools) =>
        Convolution.ForwardPacked(x, w, packed, bias, y, in shape, activation, pools);

    public override void ConvolveTransposed(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y, in ConvolutionShape shape) =>
        Convolution.ForwardTransposed(x, w, bias, y, in shape, activation);
}
