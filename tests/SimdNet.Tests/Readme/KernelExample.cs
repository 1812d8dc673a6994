// README 2
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
// README end

namespace SimdNet.Tests.Readme;

/// <summary>README's kernels, word for word.</summary>
internal static class KernelExample
{
    public static void Run(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> bt, ReadOnlySpan<float> bias, int m, int n, int k, Span<float> c,
        ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<float> images, ReadOnlySpan<float> w, Span<float> maps)
    {
        // README 2
        Gemm.Multiply(a, b, c, m, n, k);                                    // C ← A·B, row-major

        Gemm.Multiply(                                                      // C ← ReLU(A·Bᵀ + bias), any strides
            alpha: 1, new ReadOnlyMatrix(a, m, k), new ReadOnlyMatrix(bt, n, k).Transposed, beta: 0, new Matrix(c, m, n),
            new Epilogue<ReLUOperator>(default) { ColumnBias = bias });

        Loops.Map(new Exp(), x, y);                                         // y ← eˣ, within 1 ULP

        WindowAxis window = new(Kernel: 3, PadBefore: 1, PadAfter: 1);
        ConvolutionShape shape = new(batch: 2, Shape.Image(3, 32, 32), outChannels: 16, window, window);
        Convolution.Forward(images, w, bias: [], maps, in shape);           // PyTorch's conv2d; and BackwardInput, BackwardWeight, BackwardBias
        // README end
    }
}

// README 3
internal readonly struct Cube : IUnaryOperator
{
    public TSimd Invoke<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => x * x * x;
}
// README end
