using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>Sums along one axis of a matrix.</summary>
public static unsafe class Reductions
{
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
            ColumnSumsKernel kernel = new(from, rows, columns, to);
            SimdWidth.Invoke(ref kernel);
        }
    }

    internal readonly struct ColumnSumsKernel(float* x, int rows, int columns, float* destination) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int j = 0;
            for (; j <= columns - Twice<Twice<TSimd>>.Count; j += Twice<Twice<TSimd>>.Count)
            {
                Sum<Twice<Twice<TSimd>>>(x + j, rows, columns, Twice<Twice<TSimd>>.Count).Store(destination + j);
            }

            for (; j < columns; j += TSimd.Count)
            {
                int count = Math.Min(columns - j, TSimd.Count);
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
