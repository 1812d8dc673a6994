using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The matrix of patches written out: for whoever wants it, no convolution here does.</content>
public static unsafe partial class Convolution
{
    /// <summary>
    /// <c>columns[n, (c, s, t), (i, j)] ← x[n, c, i·stride - pad + s·dilation, j·stride - pad + t·dilation]</c>, zeros from the padding.
    /// </summary>
    /// <remarks>PyTorch's unfold. Output channels and groups have no part in it.</remarks>
    /// <param name="x">[batch, channels, height, width].</param>
    /// <param name="columns">[batch, channels·kernelHeight·kernelWidth, outHeight·outWidth], written; apart from <paramref name="x"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void Im2Col(ReadOnlySpan<float> x, Span<float> columns, in ConvolutionShape shape)
    {
        Guard.Length(x.Length, shape.InputLength, nameof(x));
        Guard.Length(columns.Length, ColumnsLength(in shape), nameof(columns));
        Guard.Apart(x, columns, nameof(x), nameof(columns));
        fixed (float* image = x, matrix = columns)
        {
            RunPlanes(new Unfolding(shape, image, matrix), in shape, maxThreads: 0);
        }
    }

    /// <summary>The adjoint of <see cref="Im2Col"/>: <c>dX ← the sum of what came from each place</c>, tap after tap. PyTorch's fold.</summary>
    /// <param name="columns">[batch, channels·kernelHeight·kernelWidth, outHeight·outWidth].</param>
    /// <param name="x">[batch, channels, height, width], written; apart from <paramref name="columns"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not fit the sizes, or the spans overlap.</exception>
    public static void Col2Im(ReadOnlySpan<float> columns, Span<float> x, in ConvolutionShape shape)
    {
        Guard.Length(columns.Length, ColumnsLength(in shape), nameof(columns));
        Guard.Length(x.Length, shape.InputLength, nameof(x));
        Guard.Apart(columns, x, nameof(columns), nameof(x));
        fixed (float* matrix = columns, image = x)
        {
            RunPlanes(new Folding(shape, matrix, image), in shape, maxThreads: 0);
        }
    }

    private static long ColumnsLength(in ConvolutionShape shape) => (long)shape.Batch * shape.Channels * shape.Taps * shape.OutArea;

    private readonly struct Unfolding(ConvolutionShape shape, float* x, float* columns) : IPlanes
    {
        public int Count => shape.Batch * shape.Channels;

        public void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            Patches patches = Patches.Of(x + ((nint)piece * shape.Area), 0, shape.AxisY, shape.AxisX);
            patches.Pack<TSimd>(0, 0, shape.Taps, shape.OutArea, columns + ((nint)piece * shape.Taps * shape.OutArea), shape.OutArea);
        }
    }

    private readonly struct Folding(ConvolutionShape shape, float* columns, float* x) : IPlanes
    {
        public int Count => shape.Batch * shape.Channels;

        public void Run<TSimd>(int piece, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            float* plane = x + ((nint)piece * shape.Area);
            new Span<float>(plane, shape.Area).Clear();
            Fold<TSimd>(columns + ((nint)piece * shape.Taps * shape.OutArea), shape.OutArea, 0, shape.Output[1], plane, 1, in shape);
        }
    }

    /// <summary>
    /// Adds the columns of some lines of outputs, [channels, taps, lines, outWidth], onto the planes they came from. A tap of all channels comes
    /// before the next: its sums, a place aside, would otherwise wait for those that are just being written.
    /// </summary>
    private static void Fold<TSimd>(float* columns, nint tapStep, int line, int lines, float* planes, int channels, in ConvolutionShape shape)
        where TSimd : struct, ISimd<TSimd>
    {
        (TapAxis y, TapAxis x) = (shape.AxisY, shape.AxisX);
        for (int tap = 0; tap < shape.Taps; tap++, columns += tapStep)
        {
            (int tapY, int tapX) = Math.DivRem(tap, x.Taps);
            (int firstX, int length) = (x.First(tapX), x.End(tapX) - x.First(tapX));
            int from = Math.Max(line, y.First(tapY)), count = Math.Min(line + lines, y.End(tapY)) - from;
            float* source = columns + ((nint)(from - line) * x.Outputs) + firstX;
            nint toY = (nint)(y.Start(tapY) + ((long)from * y.Stride)), toX = (nint)(x.Start(tapX) + ((long)firstX * x.Stride));
            float* destination = planes + (toY * x.Size) + toX;
            for (int channel = 0; channel < channels; channel++)
            {
                Planes.Add<TSimd>(source, x.Outputs, destination, (nint)y.Stride * x.Size, x.Stride, count, length);
                source += shape.Taps * tapStep;
                destination += shape.Area;
            }
        }
    }
}
