using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Square matrix products on one thread, from small to large: the curve that shows where blocks and caches end.</summary>
public class GemmBenchmarks : IBenchmark
{
    private AlignedBuffer _a = new(0), _b = new(0), _c = new(0);

    /// <summary>m = n = k.</summary>
    [Params(8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)]
    public int Size { get; set; }

    /// <summary>A multiply and an add for each of size³.</summary>
    public double Flops => 2.0 * Size * Size * Size;

    private ReadOnlyMatrix A => new(_a.Span, Size, Size);

    private ReadOnlyMatrix B => new(_b.Span, Size, Size);

    private Matrix C => new(_c.Span, Size, Size);

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        (_a, _b, _c) = (new(Size * Size), new(Size * Size), new(Size * Size));
        Answer.Fill(_a.Span, seed: 1);
        Answer.Fill(_b.Span, seed: 2);
        Check(Plain, A, B);
        Check(BTransposed, A, B.Transposed);
        Check(ATransposed, A.Transposed, B);
    }

    /// <summary><c>C ← A·B</c></summary>
    [Benchmark(Description = "A·B")]
    [Work(Unit.Flops, nameof(Flops))]
    public void Plain() => Gemm.Multiply(_a.Span, _b.Span, _c.Span, Size, Size, Size);

    /// <summary><c>C ← A·Bᵀ</c></summary>
    [Benchmark(Description = "A·Bᵀ")]
    [Work(Unit.Flops, nameof(Flops))]
    public void BTransposed() => Gemm.Multiply(1, A, B.Transposed, 0, C);

    /// <summary><c>C ← Aᵀ·B</c></summary>
    [Benchmark(Description = "Aᵀ·B")]
    [Work(Unit.Flops, nameof(Flops))]
    public void ATransposed() => Gemm.Multiply(1, A.Transposed, B, 0, C);

    private void Check(Action product, ReadOnlyMatrix a, ReadOnlyMatrix b)
    {
        _c.Span.Fill(float.NaN);
        product();
        Answer.CheckProduct(a, b, C);
    }
}
