using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Gradient descent as one pass: 8 bytes read and 4 written for each parameter.</summary>
public static class GradientDescentStep
{
    /// <summary><c>p ← p - ηg</c></summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, float learningRate, GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g);
        spans.Check();
        Guard.Positive(learningRate, nameof(learningRate));
        ParameterUpdate.Run(new Rule(learningRate), transform, spans, maxThreads);
    }

    internal readonly struct Rule(float learningRate) : IUpdateRule
    {
        private readonly float _rate = -learningRate;

        public static int StateCount => 0;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<Rule, Step<TSimd>, TForm, TSimd>(new(this));

        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly TSimd _rate = TSimd.Broadcast(rule._rate);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2) => p = TSimd.FusedMultiplyAdd(_rate, g, p);
        }
    }
}
