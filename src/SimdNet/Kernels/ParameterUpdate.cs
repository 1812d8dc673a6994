using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>How a parameter follows its gradient: the formula of one optimizer.</summary>
/// <remarks>
/// Write it as a <c>readonly struct</c> whose doc comment is the formula. Each lane depends on the same lane alone, and stays 0 where p, g
/// and state are 0: passes run over padding too.
/// </remarks>
internal interface IUpdateRule
{
    /// <summary>Numbers of state per parameter, 0 to 3: further ones in <see cref="Step"/> are 0 and are forgotten.</summary>
    static abstract int StateCount { get; }

    /// <summary>The formula.</summary>
    void Step<TSimd>(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>The one pass of all optimizers over parameters, gradient and state, which is where they live: nothing is read twice.</summary>
internal static unsafe class ParameterUpdate
{
    /// <summary>Parameters that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary>Moves every parameter once; states that the rule does not have are not looked at.</summary>
    public static void Run<TRule>(TRule rule, GradientTransform? transform, in UpdateSpans spans, int maxThreads = 0)
        where TRule : struct, IUpdateRule
    {
        if (transform is { IsIdentity: false } gradient)
        {
            Run(rule, gradient, spans, maxThreads);
        }
        else
        {
            Run(rule, default(First), spans, maxThreads);
        }
    }

    private static void Run<TRule, TGradient>(TRule rule, TGradient gradient, in UpdateSpans spans, int maxThreads)
        where TRule : struct, IUpdateRule
        where TGradient : struct, IBinaryOperator
    {
        int length = spans.P.Length;
        Debug.Assert(spans.G.Length == length);
        Debug.Assert(TRule.StateCount < 1 || spans.S0.Length == length);
        Debug.Assert(TRule.StateCount < 2 || spans.S1.Length == length);
        Debug.Assert(TRule.StateCount < 3 || spans.S2.Length == length);
        fixed (float* p = spans.P, g = spans.G, s0 = spans.S0, s1 = spans.S1, s2 = spans.S2)
        {
            WorkerTeam.For(length, Grain, new Range<TRule, TGradient>(rule, gradient, p, g, s0, s1, s2), maxThreads);
        }
    }

    /// <summary>A leaf of its own, so that the constants of rule and gradient keep their registers; see <see cref="Loops"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Update<TRule, TGradient, TSimd>(
        TRule rule, TGradient gradient, float* p, float* g, float* s0, float* s1, float* s2, int length)
        where TRule : struct, IUpdateRule
        where TGradient : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            Step<TRule, TGradient, TSimd>(rule, gradient, p + i, g + i, s0 + i, s1 + i, s2 + i, TSimd.Count);
        }

        if (i < length)
        {
            Step<TRule, TGradient, TSimd>(rule, gradient, p + i, g + i, s0 + i, s1 + i, s2 + i, length - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TRule, TGradient, TSimd>(
        TRule rule, TGradient gradient, float* p, float* g, float* s0, float* s1, float* s2, int count)
        where TRule : struct, IUpdateRule
        where TGradient : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd parameter = Load<TSimd>(p, count);
        TSimd state0 = TRule.StateCount > 0 ? Load<TSimd>(s0, count) : TSimd.Zero;
        TSimd state1 = TRule.StateCount > 1 ? Load<TSimd>(s1, count) : TSimd.Zero;
        TSimd state2 = TRule.StateCount > 2 ? Load<TSimd>(s2, count) : TSimd.Zero;
        rule.Step(ref parameter, gradient.Invoke(Load<TSimd>(g, count), parameter), ref state0, ref state1, ref state2);
        if (TRule.StateCount > 0)
        {
            Store(state0, s0, count);
        }

        if (TRule.StateCount > 1)
        {
            Store(state1, s1, count);
        }

        if (TRule.StateCount > 2)
        {
            Store(state2, s2, count);
        }

        Store(parameter, p, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Load<TSimd>(float* source, int count)
        where TSimd : struct, ISimd<TSimd> => count == TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd>(TSimd values, float* destination, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        if (count == TSimd.Count)
        {
            values.Store(destination);
        }
        else
        {
            values.StorePartial(destination, count);
        }
    }

    /// <summary><c>x</c>: the gradient as it is.</summary>
    internal readonly struct First : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x;
    }

    /// <summary>The parameters from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Range<TRule, TGradient>(
        TRule rule, TGradient gradient, float* p, float* g, float* s0, float* s1, float* s2, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
        where TRule : struct, IUpdateRule
        where TGradient : struct, IBinaryOperator
    {
        public void Invoke(int from, int to)
        {
            Range<TRule, TGradient> part = new(rule, gradient, p, g, s0, s1, s2, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Update<TRule, TGradient, TSimd>(
                rule, gradient, p + start, g + start, s0 + start, s1 + start, s2 + start, end - start);
    }
}
