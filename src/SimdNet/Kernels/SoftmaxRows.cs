using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>
/// Softmax over the rows of a matrix, and its logarithm, forward and backward. Rows are shared among threads; each sum has one order.
/// </summary>
/// <remarks>
/// The row's maximum M is subtracted first: no exponential overflows, and their sum is 1 or more. A row that holds NaN or ∞, or nothing
/// but -∞, has no softmax: all of it becomes NaN.
/// </remarks>
public static unsafe class SoftmaxRows
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary><c>y = exp(x - M)/Σ exp(x - M)</c> of each row. ONNX's Softmax over the last axis.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="columns">The length of a row, 1 or more.</param>
    /// <param name="y">[rows, columns]; may start where <paramref name="x"/> starts (in place).</param>
    /// <exception cref="ArgumentException">A length does not fit, or spans overlap without starting together.</exception>
    public static void Forward(ReadOnlySpan<float> x, int columns, Span<float> y)
    {
        CheckForward(x, columns, y);
        Run<SoftmaxForward>(x, x, columns, y);
    }

    /// <summary><c>dInput = y·(dOutput - Σ y·dOutput)</c> of each row.</summary>
    /// <param name="y">[rows, columns], as <see cref="Forward"/> has left it.</param>
    /// <param name="dOutput">[rows, columns], the gradient with respect to y.</param>
    /// <param name="columns">The length of a row, 1 or more.</param>
    /// <param name="dInput">
    /// [rows, columns]; may start where <paramref name="dOutput"/> starts (in place), apart from <paramref name="y"/>.
    /// </param>
    /// <exception cref="ArgumentException">A length does not fit, or spans overlap that should not.</exception>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dOutput, int columns, Span<float> dInput)
    {
        CheckBackward(y, dOutput, columns, dInput);
        Run<SoftmaxBackward>(y, dOutput, columns, dInput);
    }

    /// <summary><c>y = x - M - ln Σ exp(x - M)</c> of each row. ONNX's LogSoftmax over the last axis.</summary>
    /// <inheritdoc cref="Forward"/>
    public static void LogForward(ReadOnlySpan<float> x, int columns, Span<float> y)
    {
        CheckForward(x, columns, y);
        Run<LogSoftmaxForward>(x, x, columns, y);
    }

    /// <summary><c>dInput = dOutput - exp(y)·Σ dOutput</c> of each row.</summary>
    /// <param name="y">[rows, columns], as <see cref="LogForward"/> has left it.</param>
    /// <param name="dOutput">[rows, columns], the gradient with respect to y.</param>
    /// <param name="columns">The length of a row, 1 or more.</param>
    /// <param name="dInput">[rows, columns]; as in <see cref="Backward"/>.</param>
    /// <inheritdoc cref="Backward" path="/exception"/>
    public static void LogBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dOutput, int columns, Span<float> dInput)
    {
        CheckBackward(y, dOutput, columns, dInput);
        Run<LogSoftmaxBackward>(y, dOutput, columns, dInput);
    }

    private static void CheckForward(ReadOnlySpan<float> x, int columns, Span<float> y)
    {
        Guard.WholeRows(x.Length, columns, nameof(x));
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.SameOrApart(x, y, nameof(x), nameof(y));
    }

    private static void CheckBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dOutput, int columns, Span<float> dInput)
    {
        Guard.WholeRows(y.Length, columns, nameof(y));
        Guard.Length(dOutput.Length, y.Length, nameof(dOutput));
        Guard.Length(dInput.Length, y.Length, nameof(dInput));
        Guard.Apart(y, dInput, nameof(y), nameof(dInput));
        Guard.SameOrApart(dOutput, dInput, nameof(dOutput), nameof(dInput));
    }

    private static void Run<TOperator>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int columns, Span<float> destination)
        where TOperator : struct, IRowOperator
    {
        fixed (float* first = a, second = b, to = destination)
        {
            WorkerTeam.For(a.Length / columns, Math.Max(1, Grain / columns), new Rows<TOperator>(first, second, columns, to));
        }
    }

    /// <summary>The rows from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Rows<TOperator>(float* a, float* b, int columns, float* destination, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
        where TOperator : struct, IRowOperator
    {
        public void Invoke(int from, int to)
        {
            Rows<TOperator> part = new(a, b, columns, destination, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            nint offset = (nint)start * columns;
            RowLoops.Run<TOperator, TSimd>(a + offset, b + offset, end - start, columns, destination + offset);
        }
    }
}
