using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Benchmarks;

/// <summary>Dropout, whose mask is drawn and not stored.</summary>
public class DropoutBenchmarks : IBenchmark
{
    private const float Probability = 0.25f;

    private AlignedBuffer _x = new(0), _y = new(0);

    /// <summary>Numbers.</summary>
    [Params(1 << 14, 1 << 20)]
    public int Length { get; set; }

    /// <summary>Read and written.</summary>
    public double Bytes => 8.0 * Length;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        (_x, _y) = (Answer.Floats(Length, seed: 1), new(Length));
        _y.Span.Fill(float.NaN); // what is not written is not right
        Apply();
        int zeros = 0;
        for (int i = 0; i < Length; i++)
        {
            double expected = _x.Span[i] / (1.0 - Probability);
            zeros += _y.Span[i] == 0 ? 1 : 0;
            Answer.Check(_y.Span[i], _y.Span[i] == 0 ? 0 : expected, roundings: 4, Math.Abs(expected));
        }

        double deviation = Math.Sqrt(Probability * (1 - Probability) * Length);
        if (Math.Abs(zeros - (Probability * Length)) > 6 * deviation)
        {
            throw Answer.Wrong($"{zeros} of {Length} were dropped, expected {Probability * Length} to within {6 * deviation:F0}");
        }
    }

    /// <summary>0 with probability p, else <c>x/(1-p)</c>.</summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(Bytes))]
    public void Apply() => DropoutMask.Apply(_x.Span, Probability, new Philox(1, 2), _y.Span);
}
