using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Adagrad as one pass: 12 bytes read and 8 written for each parameter.</summary>
/// <remarks>Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic optimization (2011).</remarks>
public static class AdagradStep
{
    /// <summary><c>v ← v + g²; p ← p - ηg/(√v + ε)</c></summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="v">[n], the sum of squares; 0 before step 1.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> v, float learningRate, float epsilon,
        GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g, v);
        spans.Check(nameof(v));
        Guard.Positive(learningRate, nameof(learningRate));
        Guard.Positive(epsilon, nameof(epsilon));
        ParameterUpdate.Run(new Rule(learningRate, epsilon), transform, spans, maxThreads);
    }

    internal readonly struct Rule(float learningRate, float epsilon) : IUpdateRule
    {
        private readonly float _rate = -learningRate, _epsilon = epsilon;

        public static int StateCount => 1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<Rule, Step<TSimd>, TForm, TSimd>(new(this));

        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly TSimd _rate = TSimd.Broadcast(rule._rate), _epsilon = TSimd.Broadcast(rule._epsilon);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                s0 = TSimd.FusedMultiplyAdd(g, g, s0);
                p += _rate * g / (TSimd.Sqrt(s0) + _epsilon);
            }
        }
    }
}
