using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Lion as one pass: 12 bytes read and 8 written for each parameter.</summary>
/// <remarks>Chen et al., Symbolic discovery of optimization algorithms (2023), algorithm 2.</remarks>
public static class LionStep
{
    /// <summary><c>p ← (1-ηλ)p - η·sign(β₁m + (1-β₁)g); m ← β₂m + (1-β₂)g</c>; the sign of 0 is 0.</summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="m">[n], the momentum; 0 before step 1.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta1">β₁, 0 ≤ β₁ &lt; 1.</param>
    /// <param name="beta2">β₂, 0 ≤ β₂ &lt; 1.</param>
    /// <param name="weightDecay">λ, 0 or more.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> m, float learningRate, float beta1, float beta2,
        float weightDecay = 0, GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g, m);
        spans.Check(nameof(m));
        Guard.Positive(learningRate, nameof(learningRate));
        Guard.Fraction(beta1, nameof(beta1));
        Guard.Fraction(beta2, nameof(beta2));
        Guard.NotNegative(weightDecay, nameof(weightDecay));
        ParameterUpdate.Run(new Rule(learningRate, beta1, beta2, weightDecay), transform, spans, maxThreads);
    }

    internal readonly struct Rule(float learningRate, float beta1, float beta2, float weightDecay) : IUpdateRule
    {
        private readonly float _beta1 = beta1, _beta2 = beta2;
        private readonly float _oneMinusBeta1 = (float)(1.0 - beta1), _oneMinusBeta2 = (float)(1.0 - beta2);
        private readonly float _rate = -learningRate, _kept = (float)(1 - ((double)learningRate * weightDecay));

        public static int StateCount => 1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<Rule, Step<TSimd>, TForm, TSimd>(new(this));

        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly TSimd _beta1 = TSimd.Broadcast(rule._beta1), _oneMinusBeta1 = TSimd.Broadcast(rule._oneMinusBeta1);
            private readonly TSimd _beta2 = TSimd.Broadcast(rule._beta2), _oneMinusBeta2 = TSimd.Broadcast(rule._oneMinusBeta2);
            private readonly TSimd _rate = TSimd.Broadcast(rule._rate), _kept = TSimd.Broadcast(rule._kept);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                TSimd mean = TSimd.FusedMultiplyAdd(_beta1, s0, _oneMinusBeta1 * g);
                p = TSimd.FusedMultiplyAdd(_kept, p, _rate * GradientTransform.Sign(mean));
                s0 = TSimd.FusedMultiplyAdd(_beta2, s0, _oneMinusBeta2 * g);
            }
        }
    }
}
