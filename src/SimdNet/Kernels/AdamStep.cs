using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Adam as one pass: 16 bytes read and 12 written for each parameter; 20 and 16 with the maximum of AMSGrad.</summary>
/// <remarks>
/// Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1; with weight decay: Loshchilov and Hutter, Decoupled weight
/// decay regularization (2019), AdamW; with the maximum: Reddi, Kale and Kumar, On the convergence of Adam and beyond (2018), AMSGrad.
/// </remarks>
public static class AdamStep
{
    /// <summary>
    /// <c>m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; p ← (1-ηλ)p - η·m̂/(√v̂ + ε)</c>, where m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ).
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
    /// <param name="weightDecay">λ of AdamW, 0 or more.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v,
        float learningRate, float beta1, float beta2, float epsilon, long step,
        float weightDecay = 0, GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g, m, v);
        spans.Check(nameof(m), nameof(v));
        Rule rule = CheckedRule(learningRate, beta1, beta2, epsilon, step, weightDecay);
        ParameterUpdate.Run(rule, transform, spans, maxThreads);
    }

    /// <summary>AMSGrad: as Adam, but <c>v̂ = vMax/(1-β₂ᵗ)</c>, where <c>vMax ← max(vMax, v)</c>.</summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="m">[n], the first moment; 0 before step 1.</param>
    /// <param name="v">[n], the second moment; 0 before step 1.</param>
    /// <param name="vMax">[n], the largest v so far; 0 before step 1.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta1">β₁, 0 ≤ β₁ &lt; 1.</param>
    /// <param name="beta2">β₂, 0 ≤ β₂ &lt; 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <param name="step">t, 1 at the first step.</param>
    /// <param name="weightDecay">λ of AdamW, 0 or more.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v, Span<float> vMax,
        float learningRate, float beta1, float beta2, float epsilon, long step,
        float weightDecay = 0, GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g, m, v, vMax);
        spans.Check(nameof(m), nameof(v), nameof(vMax));
        Rule rule = CheckedRule(learningRate, beta1, beta2, epsilon, step, weightDecay);
        ParameterUpdate.Run(new MaximumRule(rule), transform, spans, maxThreads);
    }

    private static Rule CheckedRule(float learningRate, float beta1, float beta2, float epsilon, long step, float weightDecay)
    {
        Guard.Positive(learningRate, nameof(learningRate));
        Guard.Fraction(beta1, nameof(beta1));
        Guard.Fraction(beta2, nameof(beta2));
        Guard.Positive(epsilon, nameof(epsilon));
        Guard.Positive(step, nameof(step));
        Guard.NotNegative(weightDecay, nameof(weightDecay));
        return new(learningRate, beta1, beta2, epsilon, step, weightDecay);
    }

    /// <summary>
    /// The bias corrections are folded into two factors: <c>-η·m̂/(√v̂ + ε) = (-η/(1-β₁ᵗ))·m/(√v·(1/√(1-β₂ᵗ)) + ε)</c>. Without decay p is
    /// multiplied by 1 inside the addition, which costs nothing and changes no bit.
    /// </summary>
    internal readonly struct Rule(float learningRate, float beta1, float beta2, float epsilon, long step, float weightDecay) : IUpdateRule
    {
        private readonly float _beta1 = beta1, _beta2 = beta2, _epsilon = epsilon;
        private readonly float _oneMinusBeta1 = (float)(1.0 - beta1), _oneMinusBeta2 = (float)(1.0 - beta2);
        private readonly float _rate = (float)(-learningRate / (1 - PortableMath.Power(beta1, step)));
        private readonly float _rootScale = (float)(1 / Math.Sqrt(1 - PortableMath.Power(beta2, step)));
        private readonly float _kept = (float)(1 - ((double)learningRate * weightDecay));

        public static int StateCount => 2;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<Rule, Step<TSimd>, TForm, TSimd>(new(this));

        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly TSimd _beta1 = TSimd.Broadcast(rule._beta1), _oneMinusBeta1 = TSimd.Broadcast(rule._oneMinusBeta1);
            private readonly TSimd _beta2 = TSimd.Broadcast(rule._beta2), _oneMinusBeta2 = TSimd.Broadcast(rule._oneMinusBeta2);
            private readonly TSimd _rate = TSimd.Broadcast(rule._rate), _rootScale = TSimd.Broadcast(rule._rootScale);
            private readonly TSimd _epsilon = TSimd.Broadcast(rule._epsilon), _kept = TSimd.Broadcast(rule._kept);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                Moments(g, ref s0, ref s1);
                Move(ref p, s0, s1);
            }

            /// <summary><c>m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²</c></summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Moments(TSimd g, ref TSimd m, ref TSimd v)
            {
                m = TSimd.FusedMultiplyAdd(_beta1, m, _oneMinusBeta1 * g);
                v = TSimd.FusedMultiplyAdd(_beta2, v, _oneMinusBeta2 * g * g);
            }

            /// <summary><c>p ← (1-ηλ)p - η·m̂/(√v̂ + ε)</c></summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Move(ref TSimd p, TSimd m, TSimd v)
            {
                TSimd root = TSimd.FusedMultiplyAdd(_rootScale, TSimd.Sqrt(v), _epsilon);
                p = TSimd.FusedMultiplyAdd(_kept, p, _rate * m / root);
            }
        }
    }

    internal readonly struct MaximumRule(Rule rule) : IUpdateRule
    {
        private readonly Rule _rule = rule;

        public static int StateCount => 3;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<MaximumRule, Step<TSimd>, TForm, TSimd>(new(_rule));

        /// <summary>AMSGrad. NaN in v goes on to the maximum.</summary>
        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly Rule.Step<TSimd> _adam = new(rule);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                _adam.Moments(g, ref s0, ref s1);
                s2 = TSimd.Greater(s2, s1);
                _adam.Move(ref p, s0, s2);
            }
        }
    }
}
