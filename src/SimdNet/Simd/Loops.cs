namespace SimdNet.Simd;

/// <summary>
/// The only loops, and the only tails, of elementwise code: full vectors, two at a time and then one, and one partial vector.
/// </summary>
public static unsafe partial class Loops
{
    /// <summary><c>destination[i] ← op(x[i])</c></summary>
    /// <param name="op">The operator.</param>
    /// <param name="x">[n].</param>
    /// <param name="destination">[n]; may start where <paramref name="x"/> starts (in place).</param>
    /// <exception cref="ArgumentException">The lengths differ, or spans overlap without starting together.</exception>
    public static void Map<TOperator>(TOperator op, ReadOnlySpan<float> x, Span<float> destination)
        where TOperator : struct, IUnaryOperator
    {
        Guard.Length(destination.Length, x.Length, nameof(destination));
        Guard.SameOrApart(x, destination, nameof(x), nameof(destination));
        fixed (float* from = x, to = destination)
        {
            MapKernel<TOperator> kernel = new(op, from, to, x.Length);
            SimdWidth.Invoke(ref kernel);
        }
    }

    /// <summary><c>destination[i] ← op(x[i], y[i])</c></summary>
    /// <param name="op">The operator.</param>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    /// <param name="destination">[n]; may start where <paramref name="x"/> or <paramref name="y"/> starts (in place).</param>
    /// <inheritdoc cref="Map{TOperator}(TOperator, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public static void Zip<TOperator>(TOperator op, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination)
        where TOperator : struct, IBinaryOperator
    {
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.Length(destination.Length, x.Length, nameof(destination));
        Guard.SameOrApart(x, destination, nameof(x), nameof(destination));
        Guard.SameOrApart(y, destination, nameof(y), nameof(destination));
        fixed (float* first = x, second = y, to = destination)
        {
            ZipKernel<TOperator> kernel = new(op, first, second, to, x.Length);
            SimdWidth.Invoke(ref kernel);
        }
    }

    /// <summary><c>destination[i] ← op(x[i], y[i], z[i])</c></summary>
    /// <param name="op">The operator.</param>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    /// <param name="z">[n].</param>
    /// <param name="destination">[n]; may start where an operand starts (in place).</param>
    /// <inheritdoc cref="Map{TOperator}(TOperator, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public static void Zip3<TOperator>(
        TOperator op, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> z, Span<float> destination)
        where TOperator : struct, ITernaryOperator
    {
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.Length(z.Length, x.Length, nameof(z));
        Guard.Length(destination.Length, x.Length, nameof(destination));
        Guard.SameOrApart(x, destination, nameof(x), nameof(destination));
        Guard.SameOrApart(y, destination, nameof(y), nameof(destination));
        Guard.SameOrApart(z, destination, nameof(z), nameof(destination));
        fixed (float* first = x, second = y, third = z, to = destination)
        {
            Zip3Kernel<TOperator> kernel = new(op, first, second, third, to, x.Length);
            SimdWidth.Invoke(ref kernel);
        }
    }

    /// <summary>
    /// The reduction of <paramref name="x"/>, in one order on every machine: 32 virtual lanes, number i in lane i mod 32, then a tree in
    /// which lane i takes lane i + half, for half = 16, 8, 4, 2, 1. Of a sum of n, the error is at most <c>γ(⌈n/32⌉ + 5) Σ|x|</c>.
    /// </summary>
    /// <param name="fold">The reduction.</param>
    /// <param name="x">[n]; for n = 0 the result is the identity.</param>
    public static float Fold<TFold>(TFold fold, ReadOnlySpan<float> x)
        where TFold : struct, IFold
    {
        fixed (float* from = x)
        {
            FoldKernel<TFold> kernel = new(fold, from, x.Length);
            SimdWidth.Invoke(ref kernel);
            return kernel.Result;
        }
    }

    private readonly ref struct MapKernel<TOperator>(TOperator op, float* x, float* destination, int length) : ISimdKernel
        where TOperator : struct, IUnaryOperator
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Map<TOperator, TSimd>(op, x, destination, length);
    }

    private readonly ref struct ZipKernel<TOperator>(TOperator op, float* x, float* y, float* destination, int length) : ISimdKernel
        where TOperator : struct, IBinaryOperator
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Zip<TOperator, TSimd>(op, x, y, destination, length);
    }

    private readonly ref struct Zip3Kernel<TOperator>(TOperator op, float* x, float* y, float* z, float* destination, int length)
        : ISimdKernel
        where TOperator : struct, ITernaryOperator
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Zip3<TOperator, TSimd>(op, x, y, z, destination, length);
    }

    private ref struct FoldKernel<TFold>(TFold fold, float* x, int length) : ISimdKernel
        where TFold : struct, IFold
    {
        public float Result { get; private set; }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Result = Fold<TFold, TSimd>(fold, x, length);
    }
}
