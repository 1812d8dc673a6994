using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Adam as one pass: 16 bytes read and 12 written for each parameter.</summary>
/// <remarks>Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1.</remarks>
public static unsafe class AdamStep
{
    /// <summary>Parameters that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary>
    /// <c>m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; p ← p - η·m̂/(√v̂ + ε)</c>, where m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ).
    /// </summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="m">[n], the first moment; 0 before step 1.</param>
    /// <param name="v">[n], the second moment; 0 before step 1.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta1">β₁, 0 ≤ β₁ &lt; 1.</param>
    /// <param name="beta2">β₂, 0 ≤ β₂ &lt; 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <param name="step">t, 1 at the first step.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v,
        float learningRate, float beta1, float beta2, float epsilon, long step, int maxThreads = 0)
    {
        Guard.Length(g.Length, p.Length, nameof(g));
        Guard.Length(m.Length, p.Length, nameof(m));
        Guard.Length(v.Length, p.Length, nameof(v));
        Guard.Apart(g, p, nameof(g), nameof(p));
        Guard.Apart(g, m, nameof(g), nameof(m));
        Guard.Apart(g, v, nameof(g), nameof(v));
        Guard.Apart(p, m, nameof(p), nameof(m));
        Guard.Apart(p, v, nameof(p), nameof(v));
        Guard.Apart(m, v, nameof(m), nameof(v));
        Guard.Positive(learningRate, nameof(learningRate));
        Guard.Fraction(beta1, nameof(beta1));
        Guard.Fraction(beta2, nameof(beta2));
        Guard.Positive(epsilon, nameof(epsilon));
        Guard.Positive(step, nameof(step));
        Guard.NotNegative(maxThreads, nameof(maxThreads));
        fixed (float* p0 = p, g0 = g, m0 = m, v0 = v)
        {
            Factors factors = new(learningRate, beta1, beta2, epsilon, step);
            WorkerTeam.For(p.Length, Grain, new Range(factors, p0, g0, m0, v0), maxThreads);
        }
    }

    /// <summary><c>bⁿ</c> by squaring: exact IEEE steps, where Math.Pow has the bits of the machine's C library.</summary>
    private static double Power(double b, long n)
    {
        double power = 1;
        for (; n > 0; n >>= 1, b *= b)
        {
            power *= (n & 1) == 1 ? b : 1;
        }

        return power;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Update<TSimd>(Factors factors, float* p, float* g, float* m, float* v, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        Vectors<TSimd> vectors = new(factors);
        int i = 0;
        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            TSimd parameter = TSimd.Load(p + i);
            TSimd first = TSimd.Load(m + i), second = TSimd.Load(v + i);
            vectors.Step(ref parameter, TSimd.Load(g + i), ref first, ref second);
            first.Store(m + i);
            second.Store(v + i);
            parameter.Store(p + i);
        }

        if (i < length)
        {
            int rest = length - i;
            TSimd parameter = TSimd.LoadPartial(p + i, rest);
            TSimd first = TSimd.LoadPartial(m + i, rest), second = TSimd.LoadPartial(v + i, rest);
            vectors.Step(ref parameter, TSimd.LoadPartial(g + i, rest), ref first, ref second);
            first.StorePartial(m + i, rest);
            second.StorePartial(v + i, rest);
            parameter.StorePartial(p + i, rest);
        }
    }

    /// <summary>
    /// What is the same for all parameters in a step. The bias corrections are folded into two factors:
    /// <c>η·m̂/(√v̂ + ε) = (η/(1-β₁ᵗ))·m/(√v·(1/√(1-β₂ᵗ)) + ε)</c>.
    /// </summary>
    internal readonly struct Factors(float learningRate, float beta1, float beta2, float epsilon, long step)
    {
        public readonly float Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon;
        public readonly float OneMinusBeta1 = (float)(1.0 - beta1), OneMinusBeta2 = (float)(1.0 - beta2);
        public readonly float Rate = (float)(learningRate / (1 - Power(beta1, step)));
        public readonly float RootScale = (float)(1 / Math.Sqrt(1 - Power(beta2, step)));
    }

    /// <summary>The factors in every lane, and the formula.</summary>
    private readonly struct Vectors<TSimd>(Factors factors)
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly TSimd _beta1 = TSimd.Broadcast(factors.Beta1), _oneMinusBeta1 = TSimd.Broadcast(factors.OneMinusBeta1);
        private readonly TSimd _beta2 = TSimd.Broadcast(factors.Beta2), _oneMinusBeta2 = TSimd.Broadcast(factors.OneMinusBeta2);
        private readonly TSimd _rate = TSimd.Broadcast(factors.Rate), _rootScale = TSimd.Broadcast(factors.RootScale);
        private readonly TSimd _epsilon = TSimd.Broadcast(factors.Epsilon);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step(ref TSimd p, TSimd g, ref TSimd m, ref TSimd v)
        {
            m = TSimd.FusedMultiplyAdd(_beta1, m, _oneMinusBeta1 * g);
            v = TSimd.FusedMultiplyAdd(_beta2, v, _oneMinusBeta2 * g * g);
            p -= _rate * m / TSimd.FusedMultiplyAdd(_rootScale, TSimd.Sqrt(v), _epsilon);
        }
    }

    /// <summary>The parameters from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Range(Factors factors, float* p, float* g, float* m, float* v, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            Range part = new(factors, p, g, m, v, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Update<TSimd>(factors, p + start, g + start, m + start, v + start, end - start);
    }
}
