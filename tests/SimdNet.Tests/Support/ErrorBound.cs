using SimdNet.Kernels;

namespace SimdNet.Tests.Support;

/// <summary>How far a kernel may be from its double-precision twin: the roundings that its terms go through, and nothing else.</summary>
internal static class ErrorBound
{
    /// <summary>
    /// <c>|C - C_ref| ≤ γ(r)·(|α||A||B| + |β||C| + |biases|)</c>, for an activation whose slope is at most 1. A term is rounded by each
    /// multiply-add of its block of k, by α, by each sum of blocks or β, by two biases, and once more for all roundings of the twin.
    /// Holds without underflow.
    /// </summary>
    /// <param name="k">The length of the sums.</param>
    /// <param name="magnitude">The sum of the magnitudes of all terms of an element.</param>
    public static double Product(int k, double magnitude)
    {
        int blocks = Math.Max(1, (k + Gemm.Blocking.Kc - 1) / Gemm.Blocking.Kc);
        int roundings = Math.Min(k, Gemm.Blocking.Kc) + 1 + blocks + 2 + 1;
        return Tolerance.Gamma(roundings) * magnitude;
    }
}
