using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Pooling of images, float32: the largest value or the mean of each window. Sums have one order: each place of
/// a window from its first line to its last, then place after place.</summary>
/// <remarks>PyTorch's max_pool2d and avg_pool2d, ONNX's MaxPool, AveragePool and GlobalAveragePool.</remarks>
public static unsafe partial class Pooling
{
    /// <summary>Values of a window that are worth a thread's while.</summary>
    private const int Grain = 1 << 15;

    /// <summary><c>y ← the largest value of each window</c>; padding does not count, NaN stays.</summary>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="y">[batch, channels, outHeight, outWidth], apart from <paramref name="x"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void MaxForward(ReadOnlySpan<float> x, Span<float> y, in PoolingShape shape) =>
        Forward(default(Maximum), x, y, in shape, countPadding: false);

    /// <summary><c>y ← the mean of each window</c></summary>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="y">[batch, channels, outHeight, outWidth], apart from <paramref name="x"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="countPadding">Whether padding counts as zeros, or else not at all.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void AverageForward(ReadOnlySpan<float> x, Span<float> y, in PoolingShape shape, bool countPadding = true) =>
        Forward(default(Sum), x, y, in shape, countPadding);

    /// <summary>
    /// <c>dX ← Σ of the gradients of the windows in which a value is the first that is the largest</c>: found again, not remembered. In a window with a
    /// NaN there is none.
    /// </summary>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="y">[batch, channels, outHeight, outWidth], as forward has left it.</param>
    /// <param name="dOutput">[batch, channels, outHeight, outWidth].</param>
    /// <param name="dInput">[batch, channels, height, width], written; apart from the others.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or <paramref name="dInput"/> overlaps an operand.</exception>
    public static void MaxBackward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dOutput, Span<float> dInput, in PoolingShape shape)
    {
        Guard.Length(x.Length, shape.InputLength, nameof(x));
        Guard.Length(y.Length, shape.OutputLength, nameof(y));
        Guard.Length(dOutput.Length, shape.OutputLength, nameof(dOutput));
        Guard.Length(dInput.Length, shape.InputLength, nameof(dInput));
        Guard.Apart(x, dInput, nameof(x), nameof(dInput));
        Guard.Apart(y, dInput, nameof(y), nameof(dInput));
        Guard.Apart(dOutput, dInput, nameof(dOutput), nameof(dInput));
        fixed (float* input = x, output = y, gradient = dOutput, result = dInput)
        {
            BackwardPlanes<ToLargest> planes = new(shape, new(input, output, gradient), input, result);
            WorkerTeam.For(shape.Planes, PlanesAtOnce(in shape), planes);
        }
    }

    /// <summary><c>dX ← Σ of the gradients of a value's windows, each divided by what its window counts</c></summary>
    /// <param name="dOutput">[batch, channels, outHeight, outWidth].</param>
    /// <param name="dInput">[batch, channels, height, width], written; apart from <paramref name="dOutput"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="countPadding">Whether padding counts as zeros, or else not at all.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void AverageBackward(ReadOnlySpan<float> dOutput, Span<float> dInput, in PoolingShape shape, bool countPadding = true) =>
        Backward(dOutput, dInput, in shape, counted: countPadding ? shape.Taps : 0);

    /// <summary><c>y ← the sum of each window</c></summary>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="y">[batch, channels, outHeight, outWidth], apart from <paramref name="x"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void SumForward(ReadOnlySpan<float> x, Span<float> y, in PoolingShape shape) =>
        Forward(default(Total), x, y, in shape, countPadding: false);

    /// <summary><c>dX ← Σ of the gradients of a value's windows</c>: with a stride of the kernel, each output as large as its window.</summary>
    /// <param name="dOutput">[batch, channels, outHeight, outWidth].</param>
    /// <param name="dInput">[batch, channels, height, width], written; apart from <paramref name="dOutput"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void SumBackward(ReadOnlySpan<float> dOutput, Span<float> dInput, in PoolingShape shape) =>
        Backward(dOutput, dInput, in shape, counted: 1);

    /// <summary><c>y[p] ← the mean of plane p</c>, summed as <c>Loops.Fold</c> sums.</summary>
    /// <param name="x">[planes, area].</param>
    /// <param name="area">The values of a plane, 1 or more.</param>
    /// <param name="y">[planes], apart from <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void GlobalAverageForward(ReadOnlySpan<float> x, int area, Span<float> y)
    {
        Guard.Positive(area, nameof(area));
        Guard.Length(x.Length, (long)y.Length * area, nameof(x));
        Guard.Apart(x, y, nameof(x), nameof(y));
        fixed (float* from = x, to = y)
        {
            WorkerTeam.For(y.Length, Math.Max(1, Grain / area), new Means(from, area, to));
        }
    }

    /// <summary><c>dX[p, i] ← dOutput[p]/area</c></summary>
    /// <param name="dOutput">[planes].</param>
    /// <param name="area">The values of a plane, 1 or more.</param>
    /// <param name="dInput">[planes, area], written; apart from <paramref name="dOutput"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void GlobalAverageBackward(ReadOnlySpan<float> dOutput, int area, Span<float> dInput)
    {
        Guard.Positive(area, nameof(area));
        Guard.Length(dInput.Length, (long)dOutput.Length * area, nameof(dInput));
        Guard.Apart(dOutput, dInput, nameof(dOutput), nameof(dInput));
        for (int plane = 0; plane < dOutput.Length; plane++)
        {
            dInput.Slice(plane * area, area).Fill(dOutput[plane] / area);
        }
    }

    private static void Forward<TFold>(TFold fold, ReadOnlySpan<float> x, Span<float> y, in PoolingShape shape, bool countPadding)
        where TFold : struct, IFold
    {
        Guard.Length(x.Length, shape.InputLength, nameof(x));
        Guard.Length(y.Length, shape.OutputLength, nameof(y));
        Guard.Apart(x, y, nameof(x), nameof(y));
        fixed (float* input = x, output = y)
        {
            ForwardPlanes<TFold> planes = new(fold, shape, input, output, countPadding);
            WorkerTeam.For(shape.Planes, PlanesAtOnce(in shape), planes);
        }
    }

    private static void Backward(ReadOnlySpan<float> dOutput, Span<float> dInput, in PoolingShape shape, int counted)
    {
        Guard.Length(dOutput.Length, shape.OutputLength, nameof(dOutput));
        Guard.Length(dInput.Length, shape.InputLength, nameof(dInput));
        Guard.Apart(dOutput, dInput, nameof(dOutput), nameof(dInput));
        fixed (float* gradient = dOutput, result = dInput)
        {
            BackwardPlanes<ToAll> planes = new(shape, new(gradient, counted), null, result);
            WorkerTeam.For(shape.Planes, PlanesAtOnce(in shape), planes);
        }
    }

    /// <summary>The planes that are worth a thread's while.</summary>
    private static int PlanesAtOnce(in PoolingShape shape) => (int)Math.Max(1, Grain / ((long)shape.Output[1] * shape.Output[2] * shape.Taps));

    /// <summary><see cref="Sum"/>, which is not divided.</summary>
    private readonly struct Total : IFold
    {
        public float Identity => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
            where TSimd : struct, ISimd<TSimd> => default(Sum).Combine(accumulated, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Merge<TSimd>(TSimd a, TSimd b)
            where TSimd : struct, ISimd<TSimd> => default(Sum).Merge(a, b);
    }

    private readonly struct Means(float* x, int area, float* y, int start = 0, int end = 0) : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            Means part = new(x, area, y, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int plane = start; plane < end; plane++)
            {
                y[plane] = Loops.Fold<Sum, TSimd>(default, x + ((nint)plane * area), area) / area;
            }
        }
    }
}
