using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>RMSProp as one pass: 12 bytes read and 8 written for each parameter.</summary>
/// <remarks>Tieleman and Hinton, Neural networks for machine learning, lecture 6.5 (2012); ε outside the root, as in PyTorch.</remarks>
public static class RMSPropStep
{
    /// <summary><c>v ← αv + (1-α)g²; p ← p - ηg/(√v + ε)</c></summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="v">[n], the mean square; 0 before step 1.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="alpha">α, 0 ≤ α &lt; 1.</param>
    /// <param name="epsilon">ε, above 0, outside the root.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> v, float learningRate, float alpha, float epsilon,
        GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g, v);
        spans.Check(nameof(v));
        Guard.Positive(learningRate, nameof(learningRate));
        Guard.Fraction(alpha, nameof(alpha));
        Guard.Positive(epsilon, nameof(epsilon));
        ParameterUpdate.Run(new Rule(learningRate, alpha, epsilon), transform, spans, maxThreads);
    }

    internal readonly struct Rule(float learningRate, float alpha, float epsilon) : IUpdateRule
    {
        private readonly float _rate = -learningRate, _alpha = alpha, _oneMinusAlpha = (float)(1.0 - alpha), _epsilon = epsilon;

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
            private readonly TSimd _alpha = TSimd.Broadcast(rule._alpha), _oneMinusAlpha = TSimd.Broadcast(rule._oneMinusAlpha);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                s0 = TSimd.FusedMultiplyAdd(_alpha, s0, _oneMinusAlpha * g * g);
                p += _rate * g / (TSimd.Sqrt(s0) + _epsilon);
            }
        }
    }
}
