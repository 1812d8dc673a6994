using System.Diagnostics;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>How parameters follow their gradient: what is the same for all of them in a step.</summary>
internal interface IUpdateRule
{
    /// <summary>Numbers of state per parameter, 0 to 3.</summary>
    static abstract int StateCount { get; }

    /// <summary>
    /// Runs its <see cref="IUpdateStep{TSimd}"/> over a range. Not to be inlined: only in a method of its own does a loop keep constants in
    /// registers, and only those that were broadcast before it.
    /// </summary>
    void Run<TForm, TSimd>(UpdateRange range)
        where TForm : struct, IGradientForm
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>The constants of a rule in every lane, and its formula.</summary>
/// <remarks>Each lane depends on the same lane alone, and stays 0 where p, g and state are 0: passes run over padding too.</remarks>
internal interface IUpdateStep<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    /// <summary>The formula; states that the rule does not have are 0 and are forgotten.</summary>
    void Invoke(ref TSimd p, TSimd g, ref TSimd s0, ref TSimd s1, ref TSimd s2);
}

/// <summary>The one pass of all optimizers over parameters, gradient and state.</summary>
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
            Run<TRule, ChangedGradient>(rule, gradient, spans, maxThreads);
        }
        else
        {
            Run<TRule, PlainGradient>(rule, default, spans, maxThreads);
        }
    }

    private static void Run<TRule, TForm>(TRule rule, GradientTransform transform, in UpdateSpans spans, int maxThreads)
        where TRule : struct, IUpdateRule
        where TForm : struct, IGradientForm
    {
        int length = spans.P.Length;
        Debug.Assert(spans.G.Length == length);
        Debug.Assert(TRule.StateCount < 1 || spans.S0.Length == length);
        Debug.Assert(TRule.StateCount < 2 || spans.S1.Length == length);
        Debug.Assert(TRule.StateCount < 3 || spans.S2.Length == length);
        fixed (float* p = spans.P, g = spans.G, s0 = spans.S0, s1 = spans.S1, s2 = spans.S2)
        {
            UpdateRange all = new(p, g, s0, s1, s2, length, transform);
            WorkerTeam.For(length, Grain, new Work<TRule, TForm>(rule, all), maxThreads);
        }
    }

    /// <summary>A rule and its range, to be cut by a team.</summary>
    internal readonly struct Work<TRule, TForm>(TRule rule, UpdateRange range) : IRangeBody, ISimdKernel
        where TRule : struct, IUpdateRule
        where TForm : struct, IGradientForm
    {
        public void Invoke(int start, int end)
        {
            Work<TRule, TForm> part = new(rule, range.Slice(start, end));
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (TSimd.RegisterCount >= 32 && TRule.StateCount < 2)
            {
                rule.Run<TForm, Twice<Twice<TSimd>>>(range);
            }
            else if (TSimd.RegisterCount >= 32)
            {
                rule.Run<TForm, Twice<TSimd>>(range);
            }
            else
            {
                rule.Run<TForm, TSimd>(range);
            }
        }
    }
}
