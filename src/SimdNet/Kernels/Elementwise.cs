using System.Numerics.Tensors;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>The elementwise <see cref="Loops"/> shared among threads where there is enough to share.</summary>
public static class Elementwise
{
    /// <summary>Values that are worth a thread's while: some 3 µs of reading and writing them in the second-level cache.</summary>
    private const int Grain = 1 << 15;

    /// <summary><c>destination[i] ← op(x[i])</c></summary>
    /// <inheritdoc cref="Loops.Map{TOperator}(TOperator, ReadOnlySpan{float}, Span{float})"/>
    public static void Map<TOperator>(TOperator op, ReadOnlySpan<float> x, Span<float> destination)
        where TOperator : struct, IUnaryOperator
    {
        Guard.Length(destination.Length, x.Length, nameof(destination));
        Guard.SameOrApart(x, destination, nameof(x), nameof(destination));
        WorkerTeam.For(x.Length, Grain, new MapRange<TOperator>(op, x, destination));
    }

    /// <summary><c>destination[i] ← op(x[i], y[i])</c></summary>
    /// <inheritdoc cref="Loops.Zip{TOperator}(TOperator, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public static void Zip<TOperator>(TOperator op, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination)
        where TOperator : struct, IBinaryOperator
    {
        CheckZip(x, y, destination);
        WorkerTeam.For(x.Length, Grain, new ZipRange<TOperator>(op, x, y, destination));
    }

    /// <summary><c>destination[i] ← x[i] + y[i]</c></summary>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    /// <param name="destination">[n]; may start where <paramref name="x"/> or <paramref name="y"/> starts (in place).</param>
    /// <exception cref="ArgumentException">The lengths differ, or spans overlap without starting together.</exception>
    public static void Add(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination)
    {
        CheckZip(x, y, destination);
        WorkerTeam.For(x.Length, Grain, new AddRange(x, y, destination));
    }

    private static void CheckZip(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination)
    {
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.Length(destination.Length, x.Length, nameof(destination));
        Guard.SameOrApart(x, destination, nameof(x), nameof(destination));
        Guard.SameOrApart(y, destination, nameof(y), nameof(destination));
    }

    private readonly ref struct MapRange<TOperator>(TOperator op, ReadOnlySpan<float> x, Span<float> destination) : IRangeBody
        where TOperator : struct, IUnaryOperator
    {
        private readonly ReadOnlySpan<float> _x = x;
        private readonly Span<float> _destination = destination;

        public void Invoke(int start, int end) => Loops.Map(op, _x[start..end], _destination[start..end]);
    }

    private readonly ref struct ZipRange<TOperator>(
        TOperator op, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination) : IRangeBody
        where TOperator : struct, IBinaryOperator
    {
        private readonly ReadOnlySpan<float> _x = x, _y = y;
        private readonly Span<float> _destination = destination;

        public void Invoke(int start, int end) => Loops.Zip(op, _x[start..end], _y[start..end], _destination[start..end]);
    }

    private readonly ref struct AddRange(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination) : IRangeBody
    {
        private readonly ReadOnlySpan<float> _x = x, _y = y;
        private readonly Span<float> _destination = destination;

        public void Invoke(int start, int end) => TensorPrimitives.Add(_x[start..end], _y[start..end], _destination[start..end]);
    }
}
