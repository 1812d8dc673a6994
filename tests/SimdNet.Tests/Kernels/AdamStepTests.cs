using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class AdamStepTests : IDisposable
{
    private const float LearningRate = 1e-3f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
    private const int Steps = 20;

    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    /// <summary>
    /// A moment of t steps is a sum of t products of t factors: its error is at most γ(2t + 2) of the sum of magnitudes, Σ (1-β)βⁱ|g|. A step
    /// of the parameter makes 8 roundings more, on η·m̂/(√v̂ + ε), and one on p.
    /// </summary>
    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(15, 1, false)]
    [InlineData(16, 1, true)]
    [InlineData(67, 1, true)]
    [InlineData(67, 1, false)]
    [InlineData(67, 1e-8f, true)] // as small as ε
    public void Twenty_steps_follow_the_reference(int length, float deviation, bool atEnd)
    {
        using GuardedBuffer p = new(length, atEnd), g = new(length, atEnd), m = new(length, atEnd), v = new(length, atEnd);
        Draws.Normal(length, stream: 1).CopyTo(p.Span);
        m.Span.Clear();
        v.Span.Clear();
        double[] p2 = Array.ConvertAll(p.Span.ToArray(), value => (double)value), m2 = new double[length], v2 = new double[length];
        double[] magnitude = new double[length], bound = new double[length];
        for (uint step = 1; step <= Steps; step++)
        {
            Draws.Normal(length, stream: 100 + step, deviation).CopyTo(g.Span);
            AdamStep.Update(p.Span, g.Span, m.Span, v.Span, LearningRate, Beta1, Beta2, Epsilon, step);
            for (int i = 0; i < length; i++)
            {
                AdamStepReference.Update(ref p2[i], g.Span[i], ref m2[i], ref v2[i], LearningRate, Beta1, Beta2, Epsilon, step);
                magnitude[i] = (Beta1 * magnitude[i]) + ((1 - Beta1) * Math.Abs(g.Span[i]));
                double gamma = Tolerance.Gamma((2 * (int)step) + 10);
                double root = Math.Sqrt(v2[i] / (1 - Math.Pow(Beta2, step))) + Epsilon;
                bound[i] += (gamma * LearningRate * magnitude[i] / (1 - Math.Pow(Beta1, step)) / root * 2) + (Tolerance.Unit * Math.Abs(p2[i]) * 2);
                Assert.InRange(m.Span[i] - m2[i], -gamma * magnitude[i], gamma * magnitude[i]);
                Assert.InRange(v.Span[i] - v2[i], -gamma * v2[i], gamma * v2[i]);
                Assert.InRange(p.Span[i] - p2[i], -bound[i], bound[i]);
            }
        }
    }

    [Fact]
    public void The_first_step_has_the_length_of_the_learning_rate()
    {
        float[] p = [0, 0, 0], m = new float[3], v = new float[3];
        AdamStep.Update(p, [100, -1e-3f, 0], m, v, LearningRate, Beta1, Beta2, Epsilon, step: 1);

        Assert.InRange(p[0], -1.0001e-3f, -0.9999e-3f);
        Assert.InRange(p[1], 0.9999e-3f, 1.0001e-3f);
        Assert.Equal(0, p[2]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(75)]
    public void The_bits_are_the_same_at_every_width(int length)
    {
        float[] start = Draws.Normal(length, stream: 2), gradient = Draws.Normal(length, stream: 3);
        float[] p = new float[length], m = new float[length], v = new float[length];
        fixed (float* p0 = p, g0 = gradient, m0 = m, v0 = v)
        {
            AdamStep.Factors factors = new(LearningRate, Beta1, Beta2, Epsilon, step: 3);
            AdamStep.Range kernel = new(factors, p0, g0, m0, v0, start: 0, end: length);
            void Reset()
            {
                start.CopyTo(p, 0);
                start.CopyTo(m, 0);
                Array.ConvertAll(start, Math.Abs).CopyTo(v, 0);
            }

            Widths.Same(kernel, Reset, () => [.. p, .. m, .. v]);
        }
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        const int Length = 100_003;
        float[] start = Draws.Normal(Length, stream: 4), gradient = Draws.Normal(Length, stream: 5);
        int[] first = [];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] p = [.. start], m = new float[Length], v = new float[Length];
            AdamStep.Update(p, gradient, m, v, LearningRate, Beta1, Beta2, Epsilon, step: 1);
            int[] bits = Widths.Bits([.. p, .. m, .. v]);
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    [Fact]
    public void After_a_billion_steps_there_is_nothing_to_correct()
    {
        float[] p = [1], m = [0.5f], v = [0.25f];
        AdamStep.Update(p, [0.5f], m, v, LearningRate, Beta1, Beta2, Epsilon, step: 1_000_000_000);
        Assert.InRange(p[0], 0.9989999f, 0.9990001f);
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] p = [1, 2], g = [1, 1], m = new float[2], v = new float[2];
        void Refuses(string name, Action update) => Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(update).ParamName);

        Refuses("g", () => AdamStep.Update(p, g.AsSpan(1), m, v, LearningRate, Beta1, Beta2, Epsilon, 1));
        Refuses("m", () => AdamStep.Update(p, g, m.AsSpan(1), v, LearningRate, Beta1, Beta2, Epsilon, 1));
        Refuses("v", () => AdamStep.Update(p, g, m, v.AsSpan(1), LearningRate, Beta1, Beta2, Epsilon, 1));
        Refuses("p", () => AdamStep.Update(p, p, m, v, LearningRate, Beta1, Beta2, Epsilon, 1));
        Refuses("v", () => AdamStep.Update(p, g, m, m, LearningRate, Beta1, Beta2, Epsilon, 1));
        foreach (float rate in (float[])[0, -1, float.NaN, float.PositiveInfinity])
        {
            Refuses("learningRate", () => AdamStep.Update(p, g, m, v, rate, Beta1, Beta2, Epsilon, 1));
            Refuses("epsilon", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, rate, 1));
        }

        foreach (float beta in (float[])[-0.1f, 1, float.NaN])
        {
            Refuses("beta1", () => AdamStep.Update(p, g, m, v, LearningRate, beta, Beta2, Epsilon, 1));
            Refuses("beta2", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, beta, Epsilon, 1));
        }

        Refuses("step", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, Epsilon, 0));
        Refuses("maxThreads", () => AdamStep.Update(p, g, m, v, LearningRate, Beta1, Beta2, Epsilon, 1, -1));
        Assert.Equal([1, 2, 0, 0, 0, 0], [.. p, .. m, .. v]);
    }
}
