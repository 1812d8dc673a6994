using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>The matrix of patches written out: for whoever wants it, no convolution here does.</content>
public static unsafe partial class Convolution
{
    /// <summary><c>columns[n, (c, s, t), (i, j)] ← x[n, c, i·stride - pad + s·dilation, j·stride - pad + t·dilation]</c>, zeros from the padding.</summary>
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

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            Patches patches = Patches.Of(x + ((nint)piece * shape.Area), 0, shape.AxisY, shape.AxisX);
            patches.Pack<TSimd>(0, 0, shape.Taps, shape.OutArea, columns + ((nint)piece * shape.Taps * shape.OutArea), shape.OutArea);
        }
    }

    private readonly struct Folding(ConvolutionShape shape, float* columns, float* x) : IPlanes
    {
        public int Count => shape.Batch * shape.Channels;

        public void Run<TSimd>(int piece)
            where TSimd : struct, ISimd<TSimd>
        {
            (TapAxis axisY, TapAxis axisX) = (shape.AxisY, shape.AxisX);
            float* plane = x + ((nint)piece * shape.Area), column = columns + ((nint)piece * shape.Taps * shape.OutArea);
            new Span<float>(plane, shape.Area).Clear();
            for (int tap = 0; tap < shape.Taps; tap++, column += shape.OutArea)
            {
                (int tapY, int tapX) = Math.DivRem(tap, axisX.Taps);
                (int firstX, int endX) = (axisX.First(tapX), axisX.End(tapX));
                for (int i = axisY.First(tapY); i < axisY.End(tapY); i++)
                {
                    float* line = plane + (((nint)axisY.Start(tapY) + ((nint)i * axisY.Stride)) * axisX.Size) + (nint)axisX.Start(tapX);
                    AddLine<TSimd>(column + ((nint)i * axisX.Outputs), line, firstX, endX, axisX.Stride);
                }
            }
        }

        private static void AddLine<TSimd>(float* from, float* to, int first, int end, int stride)
            where TSimd : struct, ISimd<TSimd>
        {
            if (stride == 1)
            {
                Loops.Zip<Addition, TSimd>(default, from + first, to + first, to + first, end - first);
                return;
            }

            for (int j = first; j < end; j++)
            {
                to[(nint)j * stride] += from[j];
            }
        }
    }

    /// <summary><c>x + y</c></summary>
    private readonly struct Addition : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x + y;
    }
}
