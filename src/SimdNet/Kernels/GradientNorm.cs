using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>The length of a gradient, for clipping by norm: a pass over memory, that of the optimizer apart.</summary>
public static class GradientNorm
{
    /// <summary><c>Σ g'²</c>, where g' is what <paramref name="transform"/> makes of g; the same bits for any number of threads.</summary>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="p">[n], the parameters.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <returns>The sum; ∞ if it, or a part of it, is beyond <see cref="float.MaxValue"/>.</returns>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double SumOfSquares(
        ReadOnlySpan<float> g, ReadOnlySpan<float> p, GradientTransform? transform = null, int maxThreads = 0)
    {
        Guard.Length(p.Length, g.Length, nameof(p));
        return transform is { IsIdentity: false } shaped
            ? PartitionedSum.Of(new SquareOf(shaped), g, p, maxThreads)
            : PartitionedSum.Of(default(Product), g, g, maxThreads); // g twice: p is not read from memory
    }

    /// <summary><c>x·y</c></summary>
    private readonly struct Product : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x * y;
    }

    /// <summary><c>transform(x, y)²</c></summary>
    private readonly struct SquareOf(GradientTransform transform) : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd value = transform.Invoke(x, y);
            return value * value;
        }
    }
}
