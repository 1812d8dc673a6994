using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

public unsafe class SimdMathTests
{
    /// <summary>A prime, so that the sweep meets every exponent with ever other fractions.</summary>
    private const uint Stride = 4099;

    /// <summary>The functions change their manner here: at zero, at the denormals, at the ends of the range, at √½, 1, √2, ½ln 2.</summary>
    private static readonly float[] s_edges =
    [
        0, float.Epsilon, 1.17549435e-38f, 0.70710678f, 1, 1.41421356f, 2, 0.34657359f, 88.7228394f, 89, float.MaxValue,
        -0f, -0.34657359f, -1, -87.3365479f, -103.278931f, -103.972084f, -104, float.MinValue,
        0.173286795f, 0.414213562f, 3.925f, 9.01f, 10, 17.32f, 20, 88, -0.173286795f, -3.925f, -10, -17.32f, -25,
    ];

    private static readonly float[] s_sweep = Sweep();

    [Fact]
    public void Exp_is_within_1_ulp_over_a_sweep_at_every_width() => CheckSweep<Exp>(
        SimdMathReference.Exp, worst: 1, frozen: 616002384522329760);

    [Fact]
    public void Log_is_within_1_ulp_over_a_sweep_at_every_width() => CheckSweep<Log>(
        SimdMathReference.Log, worst: 1, frozen: 11189071147176024157);

    [Fact]
    public void Exponential_minus_1_is_within_1_ulp_over_a_sweep_at_every_width() => CheckSweep<Expm1>(
        Expm1Twin, worst: 1, frozen: 1734523479468263437);

    [Fact]
    public void Logarithm_of_1_plus_is_within_1_ulp_over_a_sweep_at_every_width() => CheckSweep<Log1p>(
        Log1pTwin, worst: 1, frozen: 10844401996153998939);

    [Fact]
    public void Sigmoid_is_within_2_ulp_over_a_sweep_at_every_width() => CheckSweep<SigmoidOperator>(
        SimdMathReference.Sigmoid, worst: 2, frozen: 16484588195214051440);

    [Fact]
    public void Tanh_is_within_2_ulp_over_a_sweep_at_every_width() => CheckSweep<TanhOperator>(
        SimdMathReference.Tanh, worst: 2, frozen: 17209092045408068933);

    [Fact]
    public void Erf_is_within_2_ulp_over_a_sweep_at_every_width() => CheckSweep<Erf>(
        SimdMathReference.Erf, worst: 2, frozen: 11229874610345293961);

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.Epsilon, 1f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(88.7228317f, 3.40279851e38f)]
    [InlineData(88.7228394f, float.PositiveInfinity)]
    [InlineData(-103.972076f, float.Epsilon)]
    [InlineData(-103.972084f, 0f)]
    public void Exp_at_the_edges(float x, float expected) => CheckValue<Exp>(x, expected);

    [Theory]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(1f, 0f)]
    [InlineData(float.Epsilon, -103.278931f)]
    [InlineData(float.MaxValue, 88.7228394f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(-float.Epsilon, float.NaN)]
    [InlineData(-1f, float.NaN)]
    public void Log_at_the_edges(float x, float expected) => CheckValue<Log>(x, expected);

    [Theory]
    [InlineData(0f, 0.5f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.MaxValue, 1f)]
    [InlineData(-103.972076f, float.Epsilon)]
    [InlineData(-103.972084f, 0f)]
    public void Sigmoid_at_the_edges(float x, float expected) => CheckValue<SigmoidOperator>(x, expected);

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(float.Epsilon, float.Epsilon)]
    [InlineData(-float.Epsilon, -float.Epsilon)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, -1f)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(10f, 1f)]
    [InlineData(-float.MaxValue, -1f)]
    public void Tanh_at_the_edges(float x, float expected) => CheckValue<TanhOperator>(x, expected);

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(float.Epsilon, float.Epsilon)]
    [InlineData(-float.Epsilon, -float.Epsilon)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, -1f)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(4f, 1f)]
    [InlineData(-float.MaxValue, -1f)]
    public void Erf_at_the_edges(float x, float expected) => CheckValue<Erf>(x, expected);

    [Fact]
    public void Odd_functions_keep_the_sign_of_zero()
    {
        CheckValue<TanhOperator>(-0f, -0f);
        CheckValue<Erf>(-0f, -0f);
    }

    /// <summary>All 2³² floats, at the width in use; minutes. Run it by
    /// <c>dotnet test -c Release -- --explicit only --filter-class SimdNet.Tests.Simd.SimdMathTests</c>.</summary>
    [Fact(Explicit = true)]
    public void Exp_is_within_1_ulp_for_every_float() => CheckAll<Exp>(SimdMathReference.Exp, worst: 1);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Log_is_within_1_ulp_for_every_float() => CheckAll<Log>(SimdMathReference.Log, worst: 1);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Exponential_minus_1_is_within_1_ulp_for_every_float() => CheckAll<Expm1>(Expm1Twin, worst: 1);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Logarithm_of_1_plus_is_within_1_ulp_for_every_float() => CheckAll<Log1p>(Log1pTwin, worst: 1);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Sigmoid_is_within_2_ulp_for_every_float() => CheckAll<SigmoidOperator>(SimdMathReference.Sigmoid, worst: 2);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Tanh_is_within_2_ulp_for_every_float() => CheckAll<TanhOperator>(SimdMathReference.Tanh, worst: 2);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Erf_is_within_2_ulp_for_every_float() => CheckAll<Erf>(SimdMathReference.Erf, worst: 2);

    private static float[] Sweep()
    {
        List<float> sweep = [];
        for (ulong bits = 0; bits < 1UL << 32; bits += Stride)
        {
            sweep.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        }

        foreach (float edge in s_edges)
        {
            for (int near = -500; near <= 500; near++)
            {
                sweep.Add(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(edge) + near));
            }
        }

        return [.. sweep];
    }

    /// <summary>The frozen hash is the same on every machine, also where this process cannot see the other widths.</summary>
    private static void CheckSweep<TOperator>(Func<float, float> twin, int worst, ulong frozen)
        where TOperator : struct, IUnaryOperator
    {
        float[] expected = [.. s_sweep.Select(twin)];
        SweepKernel<TOperator> kernel = new(expected, worst, frozen);
        Widths.Each(ref kernel);
    }

    /// <summary>To the bit: the sign of a zero is part of its value.</summary>
    private static void CheckValue<TOperator>(float x, float expected)
        where TOperator : struct, IUnaryOperator
    {
        float[] result = new float[1];
        Loops.Map(default(TOperator), [x], result);
        Assert.Equal(Widths.Bits([expected]), Widths.Bits(result));
    }

    private static void CheckAll<TOperator>(Func<float, float> twin, int worst)
        where TOperator : struct, IUnaryOperator
    {
        const int Chunk = 1 << 16;
        float[] x = new float[Chunk], actual = new float[Chunk];
        for (ulong bits = 0; bits < 1UL << 32; bits += Chunk)
        {
            for (uint i = 0; i < Chunk; i++)
            {
                x[i] = BitConverter.UInt32BitsToSingle((uint)bits + i);
            }

            Loops.Map(default(TOperator), x, actual);
            for (int i = 0; i < Chunk; i++)
            {
                CheckUlp<TOperator>(x[i], twin(x[i]), actual[i], worst);
            }
        }
    }

    private static void CheckUlp<TOperator>(float x, float expected, float actual, int worst)
    {
        if (Tolerance.UnitsInTheLastPlace(expected, actual) > worst)
        {
            Assert.Fail($"{typeof(TOperator).Name}({x:G9}) = {actual:G9}, expected {expected:G9}.");
        }
    }

    private readonly struct SweepKernel<TOperator>(float[] expected, int worst, ulong frozen) : ISimdKernel
        where TOperator : struct, IUnaryOperator
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float[] actual = new float[s_sweep.Length];
            fixed (float* x = s_sweep, destination = actual)
            {
                Loops.Map<TOperator, TSimd>(default, x, destination, actual.Length);
            }

            ulong hash = 14695981039346656037;
            for (int i = 0; i < actual.Length; i++)
            {
                CheckUlp<TOperator>(s_sweep[i], expected[i], actual[i], worst);
                hash = (hash ^ BitConverter.SingleToUInt32Bits(actual[i])) * 1099511628211;
            }

            Assert.Equal(frozen, hash);
        }
    }

    private static float Expm1Twin(float x) => SimdMathReference.Expm1(Math.Clamp(x, -25, 88));

    private static float Log1pTwin(float x) => SimdMathReference.Log1p(Math.Clamp(x, 0, 1));

    /// <summary>Defined for arguments from -25 to 88: the others are moved to these.</summary>
    private readonly struct Expm1 : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> =>
            SimdMath.Expm1(TSimd.Lesser(TSimd.Broadcast(88), TSimd.Greater(TSimd.Broadcast(-25), x)));
    }

    /// <summary>Defined for arguments from 0 to 1.</summary>
    private readonly struct Log1p : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> =>
            SimdMath.Log1pOfFraction(TSimd.Lesser(TSimd.Broadcast(1), TSimd.Greater(TSimd.Zero, x)));
    }
}
