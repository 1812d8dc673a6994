using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class SoftmaxRowsTests : IDisposable
{
    private const int RowCount = 3, MostColumns = 130;
    private const float Infinity = float.PositiveInfinity;

    private readonly int _sizeBefore = WorkerTeam.Size;

    /// <summary>Each of the four kernels over a span.</summary>
    private delegate void Kernel(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int columns, Span<float> destination);

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Fact]
    public void Softmax_is_that_of_the_reference_for_rows_of_any_length() => CheckAll(
        (x, _, columns, y) => SoftmaxRows.Forward(x, columns, y),
        (x, _, columns) => SoftmaxRowsReference.Forward(x, columns),
        (x, _, columns, expected) => ExponentialBound(x, columns) * expected);

    [Fact]
    public void Its_logarithm_is_that_of_the_reference_for_rows_of_any_length() => CheckAll(
        (x, _, columns, y) => SoftmaxRows.LogForward(x, columns, y),
        (x, _, columns) => SoftmaxRowsReference.LogForward(x, columns),
        (x, _, columns, expected) => ExponentialBound(x, columns) + (Tolerance.Gamma(3) * Math.Abs(expected)));

    /// <summary>The first operand is a softmax: not negative, and at most 1.</summary>
    [Fact]
    public void Softmax_backward_is_that_of_the_reference_for_rows_of_any_length() => CheckAll(
        (x, dOutput, columns, dInput) => SoftmaxRows.Backward(Probabilities(x), dOutput, columns, dInput),
        (x, dOutput, columns) => SoftmaxRowsReference.Backward(Probabilities(x), dOutput, columns),
        (x, dOutput, columns, _) => Tolerance.Gamma(columns + 4) * columns * Largest(dOutput));

    [Fact]
    public void Its_logarithm_s_backward_is_that_of_the_reference_for_rows_of_any_length() => CheckAll(
        (x, dOutput, columns, dInput) => SoftmaxRows.LogBackward(MinusMagnitudes(x), dOutput, columns, dInput),
        (x, dOutput, columns) => SoftmaxRowsReference.LogBackward(MinusMagnitudes(x), dOutput, columns),
        (x, dOutput, columns, _) => Tolerance.Gamma(columns + 6) * (columns + 1) * Largest(dOutput));

    [Fact]
    public void The_bits_are_the_same_at_every_width()
    {
        for (int columns = 1; columns <= MostColumns; columns++)
        {
            CheckWidths<SoftmaxForward>(columns);
            CheckWidths<SoftmaxBackward>(columns);
            CheckWidths<LogSoftmaxForward>(columns);
            CheckWidths<LogSoftmaxBackward>(columns);
        }
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads_and_in_place()
    {
        const int Columns = 10;
        float[] x = Draws.Normal(20_000 * Columns, stream: 5), first = new float[x.Length];
        WorkerTeam.Size = 1;
        SoftmaxRows.Forward(x, Columns, first);
        foreach (int threads in (int[])[2, 3])
        {
            WorkerTeam.Size = threads;
            float[] y = [.. x];
            SoftmaxRows.Forward(y, Columns, y);
            Assert.Equal(Widths.Bits(first), Widths.Bits(y));
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(100)]
    public void Its_logarithm_too_may_be_taken_in_place(int columns)
    {
        float[] x = Draws.Normal(2 * columns, stream: 7), y = new float[x.Length];
        SoftmaxRows.LogForward(x, columns, y);
        SoftmaxRows.LogForward(x, columns, x);
        Assert.Equal(Widths.Bits(y), Widths.Bits(x));
    }

    [Fact]
    public void Rows_are_distributions_that_a_shift_does_not_move()
    {
        foreach (int columns in (int[])[1, 7, 16, 40, 100])
        {
            float[] x = [.. Draws.Normal(columns, stream: 6).Select(value => MathF.Round(value * 64) / 64)]; // a shift by 1024 is exact
            float[] y = new float[columns], shifted = new float[columns];
            SoftmaxRows.Forward(x, columns, y);
            SoftmaxRows.Forward([.. x.Select(value => value + 1024)], columns, shifted);

            Assert.Equal(y, shifted);
            Assert.InRange(y.Sum(value => (double)value), 1 - Tolerance.Gamma(columns + 3), 1 + Tolerance.Gamma(columns + 3));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(100)]
    public void Huge_values_do_not_overflow_and_minus_infinity_has_no_share(int columns)
    {
        float[] x = new float[columns], y = new float[columns], log = new float[columns];
        x.AsSpan().Fill(-3e38f);
        (x[0], x[1], x[columns - 1]) = (3e38f, -Infinity, 3e38f);

        SoftmaxRows.Forward(x, columns, y);
        SoftmaxRows.LogForward(x, columns, log);

        Assert.Equal([0.5f, 0.5f], [y[0], y[^1]]);
        Assert.All(y[1..^1], value => Assert.Equal(0, value));
        Assert.Equal([-MathF.Log(2), -Infinity, -MathF.Log(2)], [log[0], log[1], log[^1]]);
    }

    [Theory]
    [InlineData(float.NaN, 0f)]
    [InlineData(Infinity, 0f)]
    [InlineData(-Infinity, -Infinity)]
    public void A_row_that_has_no_softmax_is_not_a_number_and_spoils_no_other(float first, float rest)
    {
        foreach (int columns in (int[])[2, 20, 50, 100])
        {
            float[] x = new float[2 * columns], y = new float[x.Length], log = new float[x.Length];
            x.AsSpan(0, columns).Fill(rest);
            x[0] = first;

            SoftmaxRows.Forward(x, columns, y);
            SoftmaxRows.LogForward(x, columns, log);

            Assert.All([.. y[..columns], .. log[..columns]], value => Assert.True(!float.IsFinite(value) || value == 0));
            Assert.Contains(float.NaN, y[..columns]);
            Assert.Contains(float.NaN, log[..columns]);
            Assert.All([.. y[columns..], .. log[columns..]], value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    public void A_call_allocates_nothing(int columns)
    {
        float[] x = new float[2 * columns], y = new float[x.Length];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            SoftmaxRows.Forward(x, columns, y);
            SoftmaxRows.LogForward(x, columns, y);
            SoftmaxRows.Backward(x, y, columns, y);
            SoftmaxRows.LogBackward(x, y, columns, y);
        }
    }

    [Fact]
    public void Nothing_is_nothing()
    {
        SoftmaxRows.Forward([], 3, []);
        SoftmaxRows.LogForward([], 3, []);
        SoftmaxRows.Backward([], [], 3, []);
        SoftmaxRows.LogBackward([], [], 3, []);
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] x = [1, 2, 3, 4, 5, 6], y = new float[6];
        void Refuses(string message, Action call) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);

        Refuses("'columns' is 0, expected 1 or more.", () => SoftmaxRows.Forward(x, 0, y));
        Refuses("'x' holds 6 values, expected whole rows of 4.", () => SoftmaxRows.LogForward(x, 4, y));
        Refuses("'y' holds 5 values, expected 6.", () => SoftmaxRows.Forward(x, 3, y.AsSpan(1)));
        Refuses("'dOutput' holds 5 values, expected 6.", () => SoftmaxRows.Backward(x, x.AsSpan(1), 3, y));
        Refuses("'dInput' holds 5 values, expected 6.", () => SoftmaxRows.LogBackward(x, x, 3, y.AsSpan(1)));
        Assert.Throws<ArgumentException>("y", () => SoftmaxRows.Forward(x.AsSpan(0, 3), 3, x.AsSpan(1, 3)));
        Assert.Throws<ArgumentException>("dInput", () => SoftmaxRows.Backward(x, y, 3, x));
        Assert.Throws<ArgumentException>("dInput", () => SoftmaxRows.LogBackward(y.AsSpan(0, 3), x.AsSpan(0, 3), 3, x.AsSpan(1, 3)));
        Assert.All(y, value => Assert.Equal(0, value));
        Assert.Equal([1, 2, 3, 4, 5, 6], x);
    }

    /// <summary>Rows of 1 … 130 values between guard pages, apart and in place, against the reference.</summary>
    private static void CheckAll(
        Kernel kernel, Func<float[], float[], int, double[]> reference, Func<float[], float[], int, double, double> bound)
    {
        for (int columns = 1; columns <= MostColumns; columns++)
        {
            float[] x = Draws.Normal(RowCount * columns, stream: 1, deviation: 3), dOutput = Draws.Normal(x.Length, stream: 2);
            using GuardedBuffer a = new(x.Length, atEnd: columns % 2 == 0), b = new(x.Length, atEnd: columns % 3 == 0);
            using GuardedBuffer result = new(x.Length, atEnd: columns % 2 == 1);
            x.CopyTo(a.Span);
            dOutput.CopyTo(b.Span);

            kernel(a.Span, b.Span, columns, result.Span);

            double[] expected = reference(x, dOutput, columns);
            for (int i = 0; i < x.Length; i++)
            {
                double most = bound(x, dOutput, columns, expected[i]);
                Assert.True(
                    Math.Abs(result.Span[i] - expected[i]) <= most,
                    $"{columns} columns, [{i}] = {result.Span[i]:G9}, expected {expected[i]:G9}");
            }

            int[] apart = Widths.Bits(result.Span);
            dOutput.CopyTo(b.Span);
            kernel(a.Span, b.Span, columns, b.Span);
            Assert.Equal(apart, Widths.Bits(b.Span));
        }
    }

    private static void CheckWidths<TOperator>(int columns)
        where TOperator : struct, IRowOperator
    {
        float[] a = Draws.Normal(RowCount * columns, stream: 3, deviation: 2), b = Draws.Normal(a.Length, stream: 4);
        float[] y = new float[a.Length];
        b.AsSpan(0, columns).Fill(-0f); // whose sum is 0, also in a row in registers
        fixed (float* first = a, second = b, destination = y)
        {
            SoftmaxRows.Rows<TOperator> rows = new(first, second, columns, destination, start: 0, end: RowCount);
            Widths.Same(rows, () => y.AsSpan().Fill(float.NaN), () => [.. y]);
        }
    }

    /// <summary>The difference with the maximum is rounded, in an exponent; an exponential; a sum of them; a quotient; a product.</summary>
    private static double ExponentialBound(float[] x, int columns) => Tolerance.Gamma(columns + 8) * (1 + (2 * Largest(x)));

    private static double Largest(float[] values) => values.Max(Math.Abs);

    private static float[] Probabilities(ReadOnlySpan<float> x) => [.. MinusMagnitudes(x).Select(MathF.Exp)];

    private static float[] MinusMagnitudes(ReadOnlySpan<float> x) => Array.ConvertAll(x.ToArray(), value => -Math.Abs(value));
}
