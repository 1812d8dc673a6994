using SimdNet.Kernels;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>What every optimizer's kernel must do.</summary>
internal static unsafe class StepChecks
{
    public const int Steps = 20;

    private const int Longest = (4 * 16) + 1;

    public delegate void Kernel(Span<float> p, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2, int step);

    public delegate void Twin(ref double p, double g, Span<double> states, int step);

    /// <summary>
    /// 20 steps between guard pages, for every length: each is that of the twin from where the kernel stands, to within the roundings of one
    /// step. The magnitude of what is added up is the twin's own step on magnitudes, from p = 0.
    /// </summary>
    public static void Follow(Kernel kernel, Twin twin, int stateCount, int roundings, float deviation = 1)
    {
        for (int length = 0; length <= Longest; length++)
        {
            foreach (bool atEnd in (bool[])[true, false])
            {
                Follow(kernel, twin, stateCount, roundings, deviation, length, atEnd);
            }
        }
    }

    /// <summary>The bits of a few steps' worth of state, at every width, of the gradient as it is and of one that is changed.</summary>
    public static void SameAtEveryWidth<TRule>(TRule rule)
        where TRule : struct, IUpdateRule
    {
        foreach (int length in (int[])[5, 16, 75])
        {
            SameAtEveryWidth<TRule, PlainGradient>(rule, length);
            SameAtEveryWidth<TRule, ChangedGradient>(rule, length);
        }
    }

    /// <summary>Needs the collection <see cref="Alone"/>.</summary>
    public static void SameForAnyNumberOfThreads(Kernel kernel, int stateCount)
    {
        const int Length = 100_003;
        float[] start = Draws.Normal(Length, stream: 4), gradient = Draws.Normal(Length, stream: 5);
        int sizeBefore = WorkerTeam.Size;
        try
        {
            int[] first = [];
            foreach (int threads in (int[])[1, 2, 3])
            {
                WorkerTeam.Size = threads;
                float[] p = [.. start], s0 = States(0), s1 = States(1), s2 = States(2);
                kernel(p, gradient, s0, s1, s2, 1);
                int[] bits = Widths.Bits([.. p, .. s0, .. s1, .. s2]);
                first = threads == 1 ? bits : first;
                Assert.Equal(first, bits);
            }
        }
        finally
        {
            WorkerTeam.Size = sizeBefore;
        }

        float[] States(int index) => new float[index < stateCount ? Length : 0];
    }

    /// <summary>Wrong lengths and overlaps are refused by name, before anything is written.</summary>
    /// <param name="kernel">Must hand its spans on as they are.</param>
    /// <param name="states">The names of its states.</param>
    public static void RefuseWrongSpans(Kernel kernel, params string[] states)
    {
        float[][] spans = [[1, 1], [1, 2], [3, 4], [5, 6], [7, 8]]; // g, p, states
        string[] names = ["g", "p", .. states];
        for (int i = 0; i < names.Length; i++)
        {
            if (i != 1)
            {
                float[][] shorter = [.. spans];
                shorter[i] = [9];
                Refuses(names[i], shorter);
            }

            for (int j = 0; j < i; j++)
            {
                float[][] shared = [.. spans];
                shared[i] = shared[j];
                Refuses(names[i], shared);
            }
        }

        Assert.Equal([1, 1, 1, 2, 3, 4, 5, 6, 7, 8], spans.SelectMany(span => span));

        void Refuses(string name, float[][] wrong) =>
            Assert.Throws<ArgumentException>(name, () => kernel(wrong[1], wrong[0], wrong[2], wrong[3], wrong[4], 1));
    }

    private static void Follow(Kernel kernel, Twin twin, int stateCount, int roundings, float deviation, int length, bool atEnd)
    {
        using GuardedBuffer p = new(length, atEnd), g = new(length, atEnd);
        using GuardedBuffer s0 = State(0), s1 = State(1), s2 = State(2);
        GuardedBuffer[] states = [.. ((GuardedBuffer[])[s0, s1, s2]).Take(stateCount)];
        Draws.Normal(length, stream: 1).CopyTo(p.Span);
        Array.ForEach(states, state => state.Span.Clear());
        double gamma = Tolerance.Gamma(roundings);
        Span<double> expected = stackalloc double[3], magnitudes = stackalloc double[3];
        for (int step = 1; step <= Steps; step++)
        {
            Draws.Normal(length, stream: 100 + (uint)step, deviation).CopyTo(g.Span);
            float[] before = p.Span.ToArray();
            float[][] statesBefore = [.. states.Select(state => state.Span.ToArray())];
            kernel(p.Span, g.Span, s0.Span, s1.Span, s2.Span, step);
            for (int i = 0; i < length; i++)
            {
                for (int k = 0; k < stateCount; k++)
                {
                    expected[k] = statesBefore[k][i];
                    magnitudes[k] = Math.Abs(statesBefore[k][i]);
                }

                double moved = before[i], distance = 0;
                twin(ref moved, g.Span[i], expected, step);
                twin(ref distance, Math.Abs(g.Span[i]), magnitudes, step);
                Near(moved, p.Span[i], gamma * (Math.Abs(before[i]) + Math.Abs(distance)));
                for (int k = 0; k < stateCount; k++)
                {
                    Near(expected[k], states[k].Span[i], gamma * magnitudes[k]);
                }
            }
        }

        GuardedBuffer State(int index) => new(index < stateCount ? length : 0, atEnd);
    }

    private static void Near(double expected, float actual, double bound) => Assert.InRange(actual - expected, -bound, bound);

    private static void SameAtEveryWidth<TRule, TForm>(TRule rule, int length)
        where TRule : struct, IUpdateRule
        where TForm : struct, IGradientForm
    {
        float[] start = Draws.Normal(length, stream: 2), direction = Draws.Normal(length, stream: 3);
        float[] p = new float[length], s0 = new float[length], s1 = new float[length], s2 = new float[length];
        fixed (float* p0 = p, g0 = direction, first = s0, second = s1, third = s2)
        {
            GradientTransform transform = new() { Scale = 0.3f, L2 = 0.1f, L1 = 0.2f, Limit = 0.5f };
            ParameterUpdate.Work<TRule, TForm> kernel = new(rule, new UpdateRange(p0, g0, first, second, third, length, transform));
            void Reset()
            {
                start.CopyTo(p, 0);
                Array.ForEach((float[][])[s0, s1, s2], state => Array.ConvertAll(start, Math.Abs).CopyTo(state, 0));
            }

            float[] results = Widths.Same(kernel, Reset, () => [.. p, .. s0, .. s1, .. s2]);
            Assert.NotEqual(start, results[..length]);
        }
    }
}
