using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Benchmarks;

/// <summary>The loops of elementwise code, from the first-level cache to the memory; their limit is how fast the machine streams.</summary>
public class ElementwiseBenchmarks : IBenchmark
{
    private AlignedBuffer _x = new(0), _y = new(0), _destination = new(0);

    /// <summary>Floats in each array.</summary>
    [Params(1 << 10, 1 << 12, 1 << 16, 1 << 20, 1 << 24)]
    public int Length { get; set; }

    /// <summary>One array.</summary>
    public double OneArray => 4.0 * Length;

    /// <summary>Two arrays.</summary>
    public double TwoArrays => 8.0 * Length;

    /// <summary>Three arrays.</summary>
    public double ThreeArrays => 12.0 * Length;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        (_x, _y, _destination) = (new(Length), new(Length), new(Length));
        Answer.Fill(_x.Span, seed: 1);
        Answer.Fill(_y.Span, seed: 2);
        Loops.Map(default(Magnitude), _y.Span, _y.Span); // which has a logarithm
        Check(Scale, (x, _) => 0.75 * x, roundings: 1);
        Check(Add, (x, y) => x + y, roundings: 1);
        Check(Exp, (x, _) => Math.Exp(x), roundings: 3); // a ULP more than the rounding of the exact value
        Check(Log, (_, y) => Math.Log(y), roundings: 3);
        Check(Sigmoid, default(SigmoidOperator));
        Check(Tanh, default(TanhOperator));
        Check(Softplus, default(SoftplusOperator));
        Check(ELU, new ELUOperator(1));
        Check(SiLU, default(SiLUOperator));
        Check(GELU, default(GELUOperator));
        Check(GELUTanh, default(GELUTanhOperator));
        double magnitude = 0, sum = 0;
        foreach (float x in _x.Span)
        {
            (sum, magnitude) = (sum + x, magnitude + Math.Abs(x));
        }

        Answer.Check(Sum(), sum, (Length / 32) + 5, magnitude);
    }

    /// <summary><c>destination ← s·x</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Scale() => Loops.Map(new Times(0.75f), _x.Span, _destination.Span);

    /// <summary><c>destination ← x + y</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(ThreeArrays))]
    public void Add() => Loops.Zip(default(Plus), _x.Span, _y.Span, _destination.Span);

    /// <summary><c>destination ← eˣ</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Exp() => Loops.Map(default(Exp), _x.Span, _destination.Span);

    /// <summary><c>destination ← ln y</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Log() => Loops.Map(default(Log), _y.Span, _destination.Span);

    /// <summary><c>destination ← erf x</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Erf() => Loops.Map(default(Erf), _x.Span, _destination.Span);

    /// <summary><c>destination ← σ(x)</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Sigmoid() => Loops.Map(default(SigmoidOperator), _x.Span, _destination.Span);

    /// <summary><c>destination ← tanh x</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Tanh() => Loops.Map(default(TanhOperator), _x.Span, _destination.Span);

    /// <summary><c>destination ← ln(1 + eˣ)</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void Softplus() => Loops.Map(default(SoftplusOperator), _x.Span, _destination.Span);

    /// <summary><c>destination ← x ≤ 0 ? eˣ - 1 : x</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void ELU() => Loops.Map(new ELUOperator(1), _x.Span, _destination.Span);

    /// <summary><c>destination ← x·σ(x)</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void SiLU() => Loops.Map(default(SiLUOperator), _x.Span, _destination.Span);

    /// <summary><c>destination ← x·Φ(x)</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void GELU() => Loops.Map(default(GELUOperator), _x.Span, _destination.Span);

    /// <summary><c>destination ← x·Φ(x), by tanh</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(TwoArrays))]
    public void GELUTanh() => Loops.Map(default(GELUTanhOperator), _x.Span, _destination.Span);

    /// <summary><c>destination ← (Φ(x) + x·φ(x))·y</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(ThreeArrays))]
    public void GELUBackward() => Loops.Zip(new ActivationBackward<GELUOperator>(default), _x.Span, _y.Span, _destination.Span);

    /// <summary><c>Σ x</c></summary>
    [Benchmark]
    [Work(Unit.Bytes, nameof(OneArray))]
    public float Sum() => Loops.Fold(default(Sum), _x.Span);

    private void Check(Action loop, Func<double, double, double> expected, int roundings)
    {
        _destination.Span.Fill(float.NaN);
        loop();
        for (int i = 0; i < Length; i++)
        {
            double value = expected(_x.Span[i], _y.Span[i]);
            Answer.Check(_destination.Span[i], value, roundings, Math.Abs(value));
        }
    }

    /// <summary>In [-½, ½) an activation's error is a few ULP of its value, or of an x of not 4 times its value.</summary>
    private void Check<TActivation>(Action loop, TActivation activation)
        where TActivation : struct, IActivation => Check(loop, (x, _) => activation.Invoke(x), roundings: 40);

    /// <summary><c>|x| + 1/4</c></summary>
    private readonly struct Magnitude : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Abs(x) + TSimd.Broadcast(0.25f);
    }

    /// <summary><c>s·x</c></summary>
    private readonly struct Times(float scale) : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(scale) * x;
    }

    /// <summary><c>x + y</c></summary>
    private readonly struct Plus : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x + y;
    }
}
