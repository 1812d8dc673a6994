using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>How momentum takes in a gradient.</summary>
public enum MomentumForm
{
    /// <summary><c>m ← βm + (1-β)g</c>: a running mean, so that η means what it means without momentum.</summary>
    Averaged,

    /// <summary><c>m ← βm + g</c>: a running sum, up to 1/(1-β) times as long; PyTorch's SGD.</summary>
    Accumulated,
}

/// <summary>Gradient descent with momentum as one pass: 12 bytes read and 8 written for each parameter.</summary>
/// <remarks>
/// Polyak, Some methods of speeding up the convergence of iteration methods (1964); Nesterov's form as in Sutskever et al., On the importance
/// of initialization and momentum in deep learning (2013), and in PyTorch.
/// </remarks>
public static class MomentumStep
{
    /// <summary>
    /// <c>m ← βm + γg; p ← p - ηm</c>, or with Nesterov <c>p ← p - η(βm + γg)</c> from the new m; γ = 1-β averaged, 1 accumulated.
    /// </summary>
    /// <param name="p">[n], the parameters θ.</param>
    /// <param name="g">[n], the gradient.</param>
    /// <param name="m">[n], the momentum; 0 before step 1.</param>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="beta">β, 0 ≤ β &lt; 1.</param>
    /// <param name="form">What γ is.</param>
    /// <param name="nesterov">Whether p moves by the momentum as it would be after the same gradient once more.</param>
    /// <param name="transform">What becomes of g first.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, spans overlap, or a number is out of its range.</exception>
    public static void Update(
        Span<float> p, ReadOnlySpan<float> g, Span<float> m, float learningRate, float beta,
        MomentumForm form = MomentumForm.Averaged, bool nesterov = false, GradientTransform? transform = null, int maxThreads = 0)
    {
        UpdateSpans spans = new(p, g, m);
        spans.Check(nameof(m));
        Guard.Positive(learningRate, nameof(learningRate));
        Check(beta, form);
        Rule rule = new(learningRate, beta, form);
        if (nesterov)
        {
            ParameterUpdate.Run(new NesterovRule(rule), transform, spans, maxThreads);
        }
        else
        {
            ParameterUpdate.Run(rule, transform, spans, maxThreads);
        }
    }

    internal static void Check(float beta, MomentumForm form)
    {
        Guard.Fraction(beta, nameof(beta));
        Guard.InRange((int)form, (int)MomentumForm.Averaged, (int)MomentumForm.Accumulated, nameof(form));
    }

    /// <summary>The constants of all forms.</summary>
    internal readonly struct Rule(float learningRate, float beta, MomentumForm form) : IUpdateRule
    {
        private readonly float _rate = -learningRate, _beta = beta;
        private readonly float _share = form == MomentumForm.Averaged ? (float)(1.0 - beta) : 1;

        public static int StateCount => 1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<Rule, Step<TSimd>, TForm, TSimd>(new(this));

        /// <summary><c>m ← βm + γg; p ← p - ηm</c></summary>
        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly TSimd _rate = TSimd.Broadcast(rule._rate);
            private readonly TSimd _beta = TSimd.Broadcast(rule._beta), _share = TSimd.Broadcast(rule._share);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                s0 = Next(s0, g);
                Move(ref p, s0);
            }

            /// <summary><c>βm + γg</c></summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TSimd Next(TSimd m, TSimd g) => TSimd.FusedMultiplyAdd(_beta, m, _share * g);

            /// <summary><c>p ← p - η·direction</c></summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Move(ref TSimd p, TSimd direction) => p = TSimd.FusedMultiplyAdd(_rate, direction, p);
        }
    }

    internal readonly struct NesterovRule(Rule rule) : IUpdateRule
    {
        private readonly Rule _rule = rule;

        public static int StateCount => Rule.StateCount;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TForm, TSimd>(UpdateRange range)
            where TForm : struct, IGradientForm
            where TSimd : struct, ISimd<TSimd> => range.Run<NesterovRule, Step<TSimd>, TForm, TSimd>(new(_rule));

        /// <summary><c>m ← βm + γg; p ← p - η(βm + γg)</c></summary>
        [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly struct Step<TSimd>(Rule rule) : IUpdateStep<TSimd>
            where TSimd : struct, ISimd<TSimd>
        {
            private readonly Rule.Step<TSimd> _momentum = new(rule);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
            {
                s0 = _momentum.Next(s0, g);
                _momentum.Move(ref p, _momentum.Next(s0, g));
            }
        }
    }
}
