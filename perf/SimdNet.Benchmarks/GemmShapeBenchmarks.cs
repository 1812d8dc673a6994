using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Products as layers have them, on one thread, with B as it lies in memory and laid out before.</summary>
public class GemmShapeBenchmarks : IBenchmark
{
    private AlignedBuffer _a = new(0), _b = new(0), _c = new(0);
    private PackedMatrix _packed = new(0, 0);
    private int _m = 1, _n = 1, _k = 1;

    /// <summary>m, n and k.</summary>
    [Params("64x512x784", "128x10x512", "1x512x256", "100x37x513")]
    public string Shape
    {
        get => $"{_m}x{_n}x{_k}";
        set => (_m, _n, _k) = value.Split('x') is [var m, var n, var k]
            ? (int.Parse(m), int.Parse(n), int.Parse(k))
            : throw new FormatException($"'{value}' is no shape, expected m, n and k as in 64x512x784.");
    }

    /// <summary>A multiply and an add for each of m·n·k.</summary>
    public double Flops => 2.0 * _m * _n * _k;

    /// <summary>What a product of one row cannot do without: B, read once.</summary>
    public double BytesOfB => 4.0 * _n * _k;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        (_a, _b, _c) = (new(_m * _k), new(_k * _n), new(_m * _n));
        Answer.Fill(_a.Span, seed: 1);
        Answer.Fill(_b.Span, seed: 2);
        _packed = new(new ReadOnlyMatrix(_b.Span, _k, _n));
        Check(Plain);
        Check(Packed);
    }

    /// <summary><c>C ← A·B</c></summary>
    [Benchmark(Description = "A·B")]
    [Work(Unit.Flops, nameof(Flops))]
    public void Plain() => Gemm.Multiply(_a.Span, _b.Span, _c.Span, _m, _n, _k);

    /// <summary><c>C ← A·B</c>, B packed before.</summary>
    [Benchmark(Description = "A·packed B")]
    [Work(Unit.Flops, nameof(Flops))]
    public void Packed() => Gemm.Multiply(
        1, new ReadOnlyMatrix(_a.Span, _m, _k), _packed, 0, new Matrix(_c.Span, _m, _n), new Epilogue<Identity>(default));

    private void Check(Action product)
    {
        _c.Span.Fill(float.NaN);
        product();
        Answer.CheckProduct(new(_a.Span, _m, _k), new(_b.Span, _k, _n), new(_c.Span, _m, _n));
    }
}
