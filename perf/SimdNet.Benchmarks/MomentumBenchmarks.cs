using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Momentum's one pass on one thread, from the caches to the memory; its limit is how fast the machine adds in place.</summary>
public class MomentumBenchmarks : IBenchmark
{
    private const float LearningRate = 1e-3f, Beta = 0.9f;

    private AlignedBuffer _p = new(0), _g = new(0), _m = new(0);

    /// <summary>Parameters.</summary>
    [Params(1 << 12, 1 << 15, 1 << 20, 1 << 24)]
    public int Length { get; set; }

    /// <summary>Three arrays read and two written.</summary>
    public double FiveArrays => 20.0 * Length;

    /// <summary>Two of the three are written where they were read.</summary>
    public double ThreeArrays => 12.0 * Length;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        (_p, _g, _m) = (Answer.Floats(Length, seed: 1), Answer.Floats(Length, seed: 2), Answer.Floats(Length, seed: 3));
        (float[] p, float[] m) = (_p.Span.ToArray(), _m.Span.ToArray());
        Update();
        for (int i = 0; i < Length; i++)
        {
            double kept = (double)Beta * m[i], added = (1.0 - Beta) * _g.Span[i], magnitude = Math.Abs(kept) + Math.Abs(added);
            Answer.Check(_m.Span[i], kept + added, roundings: 3, magnitude);
            Answer.Check(_p.Span[i], p[i] - (LearningRate * (kept + added)), roundings: 5, Math.Abs(p[i]) + (LearningRate * magnitude));
        }
    }

    /// <summary><c>m ← βm + (1-β)g; p ← p - ηm</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(FiveArrays), Footprint = nameof(ThreeArrays), Read = 3, Written = 2)]
    public void Update() => MomentumStep.Update(_p.Span, _g.Span, _m.Span, LearningRate, Beta);
}
