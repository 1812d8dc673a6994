using System.Runtime.CompilerServices;

namespace SimdNet.AotTest;

/// <summary>What was expected and was not so. A test framework finds its tests by reflection, which is what is not here.</summary>
internal static class Expect
{
    public static List<string> Differences { get; } = [];

    public static void True(bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition)
        {
            Differences.Add($"Not so: {what}");
        }
    }

    /// <summary>Each value lies within its bound of the expected one.</summary>
    public static void Near(
        ReadOnlySpan<float> values, ReadOnlySpan<double> expected, Func<int, double> bound, [CallerArgumentExpression(nameof(values))] string what = "")
    {
        True(values.Length == expected.Length, $"{what} holds {values.Length} values, expected {expected.Length}");
        for (int i = 0; i < Math.Min(values.Length, expected.Length); i++)
        {
            True(Math.Abs(values[i] - expected[i]) <= bound(i), $"{what}[{i}] is {values[i]:R}, expected {expected[i]:R} ± {bound(i):R}");
        }
    }
}
