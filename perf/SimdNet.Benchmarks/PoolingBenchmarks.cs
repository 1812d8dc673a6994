using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Pooling by windows of 2×2 on one thread; its limit is how fast the machine streams.</summary>
public class PoolingBenchmarks : IBenchmark
{
    private const int Channels = 32, Size = 26, Pooled = Size / 2;

    private AlignedBuffer _x = new(0), _y = new(0), _dy = new(0), _dx = new(0);

    /// <summary>Images.</summary>
    [Params(4, 64)]
    public int Batch { get; set; }

    /// <summary>Inputs and outputs once each.</summary>
    public double Bytes => 4.0 * Batch * Channels * ((Size * Size) + (Pooled * Pooled));

    /// <summary>The gradients, the inputs and the outputs.</summary>
    public double BytesOfMaxBackward => 2 * Bytes;

    private PoolingShape Shape => new(Batch, new(Channels, Size, Size), new(2, 2), new(2, 2));

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        (_x, _dy) = (Answer.Floats(Shape.InputLength, seed: 1), Answer.Floats(Shape.OutputLength, seed: 2));
        (_y, _dx) = (new(_dy.Length), new(_x.Length));
        Check(Average, window => window.Average(), (_, dy) => 0.25 * dy, AverageBackward);
        Check(Max, window => window.Max(), (isMax, dy) => isMax ? dy : 0, MaxBackward); // last: its gradient is timed with these outputs
    }

    /// <summary>The largest of each window.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(Bytes))]
    public void Max() => Pooling.MaxForward(_x.Span, _y.Span, Shape);

    /// <summary>The gradient, to the largest of each window.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(BytesOfMaxBackward))]
    public void MaxBackward() => Pooling.MaxBackward(_x.Span, _y.Span, _dy.Span, _dx.Span, Shape);

    /// <summary>The mean of each window.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(Bytes))]
    public void Average() => Pooling.AverageForward(_x.Span, _y.Span, Shape);

    /// <summary>The gradient, to all of each window alike.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(Bytes))]
    public void AverageBackward() => Pooling.AverageBackward(_dy.Span, _dx.Span, Shape);

    /// <summary>Every window and its gradients.</summary>
    private void Check(Action forward, Func<double[], double> output, Func<bool, double, double> gradient, Action backward)
    {
        _y.Span.Fill(float.NaN); // what is not written is not right
        _dx.Span.Fill(float.NaN);
        forward();
        backward();
        for (int i = 0; i < _y.Length; i++)
        {
            int first = (i / (Pooled * Pooled) * Size * Size) + (2 * (i / Pooled % Pooled) * Size) + (2 * (i % Pooled));
            int[] places = [first, first + 1, first + Size, first + Size + 1];
            double[] window = [.. places.Select(place => (double)_x.Span[place])];
            Answer.Check(_y.Span[i], output(window), roundings: 4, window.Sum(Math.Abs));
            foreach (int place in places)
            {
                double expected = gradient(_x.Span[place] == window.Max(), _dy.Span[i]);
                Answer.Check(_dx.Span[place], expected, roundings: 1, Math.Abs(expected));
            }
        }
    }
}
