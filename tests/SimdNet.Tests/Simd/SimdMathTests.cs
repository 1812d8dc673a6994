using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

public unsafe class SimdMathTests
{
    /// <summary>A prime, so that the sweep meets every exponent with ever other fractions.</summary>
    private const uint Stride = 4099;

    /// <summary>Both functions change their manner here: at zero, at the denormals, at the ends of the range, at √½, 1, √2.</summary>
    private static readonly float[] s_edges =
    [
        0, float.Epsilon, 1.17549435e-38f, 0.70710678f, 1, 1.41421356f, 2, 0.34657359f, 88.7228394f, 89, float.MaxValue,
        -0f, -0.34657359f, -1, -87.3365479f, -103.278931f, -103.972084f, -104, float.MinValue,
    ];

    private static readonly float[] s_sweep = Sweep();

    [Fact]
    public void Exp_is_within_1_ulp_over_a_sweep_at_every_width() => CheckSweep<Exp>(SimdMathReference.Exp, frozen: 6358975800534109930);

    [Fact]
    public void Log_is_within_1_ulp_over_a_sweep_at_every_width() => CheckSweep<Log>(SimdMathReference.Log, frozen: 4419872502035754920);

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

    /// <summary>All 2³² floats, at the width in use; minutes. Run it by
    /// <c>dotnet test -c Release -- --explicit only --filter-class SimdNet.Tests.Simd.SimdMathTests</c>.</summary>
    [Fact(Explicit = true)]
    public void Exp_is_within_1_ulp_for_every_float() => CheckAll<Exp>(SimdMathReference.Exp);

    /// <inheritdoc cref="Exp_is_within_1_ulp_for_every_float"/>
    [Fact(Explicit = true)]
    public void Log_is_within_1_ulp_for_every_float() => CheckAll<Log>(SimdMathReference.Log);

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
    private static void CheckSweep<TOperator>(Func<float, float> twin, ulong frozen)
        where TOperator : struct, IUnaryOperator
    {
        float[] expected = [.. s_sweep.Select(twin)];
        SweepKernel<TOperator> kernel = new(expected, frozen);
        Widths.Each(ref kernel);
    }

    private static void CheckValue<TOperator>(float x, float expected)
        where TOperator : struct, IUnaryOperator
    {
        float[] result = new float[1];
        Loops.Map(default(TOperator), [x], result);
        Assert.Equal(expected, result[0]);
    }

    private static void CheckAll<TOperator>(Func<float, float> twin)
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
                CheckUlp<TOperator>(x[i], twin(x[i]), actual[i]);
            }
        }
    }

    private static void CheckUlp<TOperator>(float x, float expected, float actual)
    {
        if (Tolerance.UnitsInTheLastPlace(expected, actual) > 1)
        {
            Assert.Fail($"{typeof(TOperator).Name}({x:G9}) = {actual:G9}, expected {expected:G9}.");
        }
    }

    private readonly struct SweepKernel<TOperator>(float[] expected, ulong frozen) : ISimdKernel
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
                CheckUlp<TOperator>(s_sweep[i], expected[i], actual[i]);
                hash = (hash ^ BitConverter.SingleToUInt32Bits(actual[i])) * 1099511628211;
            }

            Assert.Equal(frozen, hash);
        }
    }
}
