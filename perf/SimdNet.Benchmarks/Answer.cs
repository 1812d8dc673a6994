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

    /// <summary>What to throw instead of being timed.</summary>
    public static InvalidOperationException Wrong(string what) => new($"{what}: not timed.");

    /// <summary>Numbers in [-½, ½), the same in every run.</summary>
    public static void Fill(Span<float> values, int seed)
    {
        Random random = new(seed);
        foreach (ref float value in values)
        {
            value = random.NextSingle() - 0.5f;
        }
    }
}
