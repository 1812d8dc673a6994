using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Batch and layer normalisation in training, and their gradients, on one thread.</summary>
public class NormalizationBenchmarks : IBenchmark
{
    private const int Channels = 32, Area = 16 * 16, Features = 512;
    private const float Epsilon = 1e-5f;

    private AlignedBuffer _x = new(0), _gamma = new(0), _beta = new(0), _y = new(0), _dy = new(0), _dx = new(0);
    private AlignedBuffer _mean = new(0), _spread = new(0), _dGamma = new(0), _dBeta = new(0);
    private int _rows;

    /// <summary>Images of 32 channels of 16×16; for layers, as many numbers in rows of 512.</summary>
    [Params(4, 64)]
    public int Batch { get; set; }

    /// <summary>Read and written.</summary>
    public double TwoArrays => 8.0 * Batch * Channels * Area;

    /// <summary>Both gradients and the inputs.</summary>
    public double ThreeArrays => 12.0 * Batch * Channels * Area;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        int length = Batch * Channels * Area;
        _rows = length / Features;
        (_x, _dy) = (Answer.Floats(length, seed: 1), Answer.Floats(length, seed: 2));
        (_gamma, _beta) = (Answer.Floats(Features, seed: 3), Answer.Floats(Features, seed: 4));
        (_y, _dx, _dGamma, _dBeta) = (new(length), new(length), new(Features), new(Features));
        (_mean, _spread) = (new(_rows + Channels), new(_rows + Channels));
        Check(
            BatchNorm, BatchNormBackward, Channels, Batch * Area, i => i / Area % Channels,
            (channel, i) => (((i / Area * Channels) + channel) * Area) + (i % Area));
        Check(LayerNorm, LayerNormBackward, _rows, Features, i => i % Features, (row, i) => (row * Features) + i);
    }

    /// <summary><c>y ← γ(x - mean)/√(variance + ε) + β</c> of each channel.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void BatchNorm() => BatchNormalization.Forward(
        _x.Span, Parameter(_gamma), Parameter(_beta), Batch, Channels, Area, Epsilon, _y.Span, Statistic(_mean), Statistic(_spread));

    /// <summary>The gradients of the inputs, of γ and of β.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(ThreeArrays))]
    public void BatchNormBackward() => BatchNormalization.Backward(
        _x.Span, Statistic(_mean), Statistic(_spread), Parameter(_gamma), _dy.Span, Batch, Channels, Area, Epsilon, _dx.Span,
        Parameter(_dGamma), Parameter(_dBeta));

    /// <summary><c>y ← γ(x - mean)/√(variance + ε) + β</c> of each row.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void LayerNorm() => LayerNormalization.Forward(
        _x.Span, _gamma.Span, _beta.Span, _rows, Features, Epsilon, _y.Span, _mean.Span[.._rows], _spread.Span[.._rows]);

    /// <summary>The gradients of the inputs, of γ and of β.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(ThreeArrays))]
    public void LayerNormBackward() => LayerNormalization.Backward(
        _x.Span, _mean.Span[.._rows], _spread.Span[.._rows], _gamma.Span, _dy.Span, _rows, Features, _dx.Span, _dGamma.Span, _dBeta.Span);

    private static Span<float> Parameter(AlignedBuffer buffer) => buffer.Span[..Channels];

    /// <summary>Of channels, behind those of rows.</summary>
    private static Span<float> Statistic(AlignedBuffer buffer) => buffer.Span[^Channels..];

    /// <summary>
    /// Every output by its definition; and of each group the gradients are such that neither a shift of the inputs nor their stretching
    /// changes anything: <c>Σ dx = 0</c> and <c>Σ dx·(x - mean) = 0</c>, but for ε.
    /// </summary>
    private void Check(
        Action forward, Action backward, int groups, int length, Func<int, int> parameter, Func<int, int, int> place)
    {
        _y.Span.Fill(float.NaN); // what is not written is not right
        _dx.Span.Fill(float.NaN);
        forward();
        backward();
        for (int group = 0; group < groups; group++)
        {
            int[] places = [.. Enumerable.Range(0, length).Select(i => place(group, i))];
            double mean = places.Average(at => (double)_x.Span[at]);
            double variance = places.Average(at => Math.Pow(_x.Span[at] - mean, 2)), deviation = Math.Sqrt(variance + Epsilon);
            double sum = 0, magnitude = 0, stretch = 0, ofEpsilon = 0;
            foreach (int at in places)
            {
                double normal = (_x.Span[at] - mean) / deviation, gamma = _gamma.Span[parameter(at)], beta = _beta.Span[parameter(at)];
                Answer.Check(_y.Span[at], (gamma * normal) + beta, roundings: 64, Math.Abs(gamma) * (Math.Abs(normal) + 1) + Math.Abs(beta));
                (sum, magnitude) = (sum + _dx.Span[at], magnitude + Math.Abs(_dx.Span[at]));
                stretch += _dx.Span[at] * normal;
                ofEpsilon += gamma * _dy.Span[at] * normal / deviation * Epsilon / (variance + Epsilon);
            }

            Answer.Check(sum, 0, length, magnitude);
            Answer.Check(stretch, ofEpsilon, length, 4 * magnitude);
        }
    }
}
