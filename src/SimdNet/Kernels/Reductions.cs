using System.Runtime.CompilerServices;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Sums along one axis of a matrix.</summary>
public static unsafe class Reductions
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 15;

    /// <summary><c>destination[j] ← Σᵢ x[i, j]</c>, in order of i for every j: the gradient of a bias.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="columns">The number of columns, 0 or more.</param>
    /// <param name="destination">[columns], apart from <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A size is negative, a length does not fit, or the spans overlap.</exception>
    public static void ColumnSums(ReadOnlySpan<float> x, int rows, int columns, Span<float> destination)
    {
        Guard.NotNegative(rows, nameof(rows));
        Guard.NotNegative(columns, nameof(columns));
        Guard.Length(x.Length, (long)rows * columns, nameof(x));
        Guard.Length(destination.Length, columns, nameof(destination));
        Guard.Apart(x, destination, nameof(x), nameof(destination));
        fixed (float* from = x, to = destination)
        {
            int lines = Math.Max(1, Grain / (AlignedBuffer.Alignment * Math.Max(1, rows)));
            WorkerTeam.For(columns, lines * AlignedBuffer.Alignment, new ColumnSumsRange(from, rows, columns, to));
        }
    }

    /// <summary>The columns from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct ColumnSumsRange(float* x, int rows, int columns, float* destination, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            ColumnSumsRange part = new(x, rows, columns, destination, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int j = start;
            for (; j <= end - Twice<Twice<TSimd>>.Count; j += Twice<Twice<TSimd>>.Count)
            {
                Sum<Twice<Twice<TSimd>>>(x + j, rows, columns, Twice<Twice<TSimd>>.Count).Store(destination + j);
            }

            for (; j < end; j += TSimd.Count)
            {
                int count = Math.Min(end - j, TSimd.Count);
                Sum<TSimd>(x + j, rows, columns, count).StorePartial(destination + j, count);
            }
        }
    }

    /// <summary>A vector of columns, or its first <paramref name="count"/>, summed over the rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TSimd Sum<TSimd>(float* x, int rows, int stride, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sum = TSimd.Zero;
        for (int i = 0; i < rows; i++, x += stride)
        {
            sum += count == TSimd.Count ? TSimd.Load(x) : TSimd.LoadPartial(x, count);
        }

        return sum;
    }
}
