using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Softmax, and its cross-entropy with the gradient, on one thread.</summary>
public class LossBenchmarks : IBenchmark
{
    private const int Operations = 15; // 11 of the exponential; maximum, difference, sum, product

    private AlignedBuffer _x = new(0), _y = new(0), _losses = new(0);
    private int[] _labels = [];

    /// <summary>Outputs of a sample.</summary>
    [Params(10, 64, 1000)]
    public int Classes { get; set; } = 1;

    /// <summary>Samples: some 16 Ki numbers in all.</summary>
    public int Rows => (1 << 14) / Classes;

    /// <summary>The multiplies and adds of the formula.</summary>
    public double Flops => 2.0 * Operations * Rows * Classes;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        _x = Answer.Floats(Rows * Classes, seed: 1);
        (_y, _losses) = (new(_x.Length), new(Rows));
        _labels = [.. Enumerable.Range(0, Rows).Select(row => row % Classes)];
        Check(Forward, (_, _) => 0, scale: 1);
        float loss = float.NaN;
        Check(() => loss = CrossEntropy(), (row, column) => _labels[row] == column ? 1 : 0, scale: 1.0 / Rows);
        double expected = Enumerable.Range(0, Rows).Average(row => -Math.Log(Probabilities(row)[_labels[row]]));
        Answer.Check(loss, expected, Rows + Classes + 16, expected);
    }

    /// <summary><c>y ← exp(x)/Σ exp(x)</c> of each row.</summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(Flops))]
    public void Forward() => SoftmaxRows.Forward(_x.Span, Classes, _y.Span);

    /// <summary>The mean of -ln softmax(x)ₗ, and its gradient.</summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(Flops))]
    public float CrossEntropy() => Losses.SoftmaxCrossEntropy(_x.Span, _labels, Classes, _y.Span, _losses.Span);

    /// <summary><c>y = (p - target)·scale</c></summary>
    private void Check(Action forward, Func<int, int, double> target, double scale)
    {
        _y.Span.Fill(float.NaN); // what is not written is not right
        forward();
        for (int row = 0; row < Rows; row++)
        {
            double[] p = Probabilities(row);
            for (int column = 0; column < Classes; column++)
            {
                double expected = (p[column] - target(row, column)) * scale;
                Answer.Check(_y.Span[(row * Classes) + column], expected, Classes + 16, (p[column] + target(row, column)) * scale);
            }
        }
    }

    private double[] Probabilities(int row)
    {
        double[] exponentials = [.. _x.Span.Slice(row * Classes, Classes).ToArray().Select(x => Math.Exp(x))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select(value => value / sum)];
    }
}
