namespace SimdNet.Threading;

/// <summary>
/// The body of a parallel loop: a struct, and a <see langword="ref struct"/> if it holds spans. All threads share one copy of it,
/// so <see cref="Invoke"/> must not write to its fields, and writes only what belongs to its own items.
/// </summary>
public interface IRangeBody
{
    /// <summary>Does the items <paramref name="start"/> ≤ i &lt; <paramref name="end"/>.</summary>
    /// <param name="start">The first item.</param>
    /// <param name="end">One past the last item.</param>
    void Invoke(int start, int end);
}
