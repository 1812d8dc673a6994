namespace SimdNet.Peers;

/// <summary>What is asked of every contestant before it is timed: the answer is SimdNet's, to within what roundings may do.</summary>
internal static class Agreement
{
    /// <summary>The unit roundoff of float: 2⁻²⁴.</summary>
    public const double Unit = 1.0 / (1 << 24);

    /// <summary><c>|ours[i] - theirs[i]| ≤ bound(i)</c> for all i.</summary>
    /// <exception cref="PeersException">Two answers differ by more, or by number.</exception>
    public static void Check(string what, string peer, ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs, Func<int, double> bound)
    {
        CheckLength(what, peer, ours.Length, theirs.Length);
        for (int i = 0; i < ours.Length; i++)
        {
            double most = bound(i);
            if (!(Math.Abs((double)ours[i] - theirs[i]) <= most))
            {
                throw new PeersException(
                    $"{what}[{i}] is {ours[i]} for SimdNet and {theirs[i]} for {peer}: expected at most {most:G3} between them.");
            }
        }
    }

    /// <summary><c>‖ours - theirs‖ ≤ tolerance·‖ours‖</c>, in the Euclidean norm.</summary>
    /// <param name="what">What is compared.</param>
    /// <param name="peer">With whom.</param>
    /// <param name="ours">[n].</param>
    /// <param name="theirs">[n].</param>
    /// <param name="tolerance">The relative error that is allowed.</param>
    /// <exception cref="PeersException">The answers differ by more, or by number.</exception>
    public static void CheckNorm(string what, string peer, ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs, double tolerance)
    {
        CheckLength(what, peer, ours.Length, theirs.Length);
        double difference = 0, size = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            difference += Square((double)ours[i] - theirs[i]);
            size += Square(ours[i]);
        }

        if (!(Math.Sqrt(difference) <= tolerance * Math.Sqrt(size)))
        {
            double relative = Math.Sqrt(difference / size);
            throw new PeersException(
                $"{what}: SimdNet and {peer} are {relative:G3} apart, relative to its size: expected at most {tolerance:G3}.");
        }
    }

    /// <summary><c>γ(n) = n·u/(1 - n·u)</c>: the relative error of n roundings.</summary>
    public static double Gamma(double roundings) => roundings * Unit / (1 - (roundings * Unit));

    private static void CheckLength(string what, string peer, int ours, int theirs)
    {
        if (ours != theirs)
        {
            throw new PeersException($"{what} has {ours} values for SimdNet and {theirs} for {peer}.");
        }
    }

    private static double Square(double value) => value * value;
}
