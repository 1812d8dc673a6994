using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Adam's one pass on one thread, from the caches to the memory; its limit is how fast the machine adds in place.</summary>
/// <remarks>A triad is no limit: its destination, 4 bytes in 16, is fetched uncounted, and Adam passed it by a third.</remarks>
public class AdamBenchmarks : IBenchmark
{
    private const float LearningRate = 1e-3f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
    private const int Step = 3;

    private AlignedBuffer _p = new(0), _g = new(0), _m = new(0), _v = new(0);

    /// <summary>Parameters.</summary>
    [Params(1 << 12, 1 << 16, 1 << 20, 1 << 24)]
    public int Length { get; set; }

    /// <summary>Four arrays read and three written.</summary>
    public double SevenArrays => 28.0 * Length;

    /// <summary>Three of the four are written where they were read.</summary>
    public double FourArrays => 16.0 * Length;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        (_p, _g, _m, _v) = (new(Length), new(Length), new(Length), new(Length));
        Answer.Fill(_p.Span, seed: 1);
        Answer.Fill(_g.Span, seed: 2);
        Answer.Fill(_m.Span, seed: 3);
        Answer.Fill(_v.Span, seed: 4);
        foreach (ref float v in _v.Span)
        {
            v *= v;
        }

        Check();
    }

    /// <summary><c>m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; p ← p - η·m̂/(√v̂ + ε)</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(SevenArrays), Footprint = nameof(FourArrays), Read = 4, Written = 3)]
    public void Update() => AdamStep.Update(_p.Span, _g.Span, _m.Span, _v.Span, LearningRate, Beta1, Beta2, Epsilon, Step);

    /// <summary>Roundings: m has 3, v has 4, and p, in which the root halves those of v, at most 12.</summary>
    private void Check()
    {
        (float[] p, float[] m, float[] v) = (_p.Span.ToArray(), _m.Span.ToArray(), _v.Span.ToArray());
        Update();
        for (int i = 0; i < Length; i++)
        {
            double g = _g.Span[i];
            double kept = (double)Beta1 * m[i], added = (1.0 - Beta1) * g;
            double second = ((double)Beta2 * v[i]) + ((1.0 - Beta2) * g * g);
            double rate = LearningRate / (1 - Math.Pow(Beta1, Step)) / (Math.Sqrt(second / (1 - Math.Pow(Beta2, Step))) + Epsilon);
            double magnitude = Math.Abs(kept) + Math.Abs(added);
            Answer.Check(_m.Span[i], kept + added, roundings: 3, magnitude);
            Answer.Check(_v.Span[i], second, roundings: 4, second);
            Answer.Check(_p.Span[i], p[i] - (rate * (kept + added)), roundings: 12, Math.Abs(p[i]) + (rate * magnitude));
        }
    }
}
