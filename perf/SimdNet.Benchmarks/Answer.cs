using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Benchmarks;

/// <summary>What every benchmark does before it is timed: it is asked for its answer.</summary>
internal static class Answer
{
    /// <summary>The unit roundoff of float: 2⁻²⁴.</summary>
    private const double Unit = 1.0 / (1 << 24);

    /// <summary><c>|actual - expected| ≤ γ(roundings)·magnitude</c>, where magnitude is the sum of what was added, all positive.</summary>
    /// <exception cref="InvalidOperationException">The answer is wrong.</exception>
    public static void Check(double actual, double expected, int roundings, double magnitude)
    {
        double bound = roundings * Unit / (1 - (roundings * Unit)) * magnitude;
        if (!(Math.Abs(actual - expected) <= bound))
        {
            throw Wrong($"The answer is {actual}, expected {expected} to within {bound:G3}");
        }
    }

    /// <summary><c>C = A·B</c>: an element in each row and column, first and last included.</summary>
    public static void CheckProduct(ReadOnlyMatrix a, ReadOnlyMatrix b, Matrix c)
    {
        for (int i = 0; i < Math.Max(c.Rows, c.Columns); i++)
        {
            (int row, int column) = (i % c.Rows, i % c.Columns);
            double sum = 0, magnitude = 0;
            for (int k = 0; k < a.Columns; k++)
            {
                double term = (double)a[row, k] * b[k, column];
                (sum, magnitude) = (sum + term, magnitude + Math.Abs(term));
            }

            Check(c[row, column], sum, a.Columns, magnitude);
        }
    }

    /// <summary>The loss falls from step to step, and every parameter tensor moves.</summary>
    public static void CheckSteps(Network network, Func<float> step)
    {
        float[][] before = [.. network.Parameters.Select(parameter => network.Parameter(parameter.Name).ToArray())];
        float loss = float.PositiveInfinity;
        for (int i = 0; i < 4; i++)
        {
            float next = step();
            loss = next < loss ? next : throw Wrong($"The loss of step {i} is {next}, expected below {loss}");
        }

        for (int i = 0; i < before.Length; i++)
        {
            string name = network.Parameters[i].Name;
            if (network.Parameter(name).SequenceEqual(before[i]))
            {
                throw Wrong($"{name} is as it was, expected to have moved");
            }
        }
    }

    /// <summary><c>Σ xᵢ·yᵢ</c>, and the same of their magnitudes.</summary>
    public static (double Sum, double Magnitude) Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0, magnitude = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double term = (double)x[i] * y[i];
            (sum, magnitude) = (sum + term, magnitude + Math.Abs(term));
        }

        return (sum, magnitude);
    }

    /// <summary>What to throw instead of being timed.</summary>
    public static InvalidOperationException Wrong(string what) => new($"{what}: not timed.");

    /// <summary>Numbers in [-½, ½), the same in every run.</summary>
    public static AlignedBuffer Floats(int length, int seed)
    {
        AlignedBuffer buffer = new(length);
        Fill(buffer.Span, seed);
        return buffer;
    }

    /// <inheritdoc cref="Floats"/>
    public static void Fill(Span<float> values, int seed)
    {
        Random random = new(seed);
        foreach (ref float value in values)
        {
            value = random.NextSingle() - 0.5f;
        }
    }
}
