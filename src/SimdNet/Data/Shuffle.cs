namespace SimdNet.Data;

/// <summary>A random order of the numbers below a bound, the same for the same key on every machine.</summary>
internal static class Shuffle
{
    /// <summary>Makes <paramref name="order"/> a permutation of its indices. Source: Durstenfeld, Algorithm 235.</summary>
    public static void Fill(Span<int> order, long seed, int epoch)
    {
        InOrder(order);

        // One short stream per epoch: Philox, which gives any draw of any stream at once, has nothing to add here.
        ulong state = SplitMix64.Mix(SplitMix64.Mix((ulong)seed) + (ulong)epoch);
        for (int i = order.Length - 1; i > 0; i--)
        {
            // The high half of draw · (i + 1): below i + 1, with a bias under 2⁻³³.
            int j = (int)Math.BigMul(SplitMix64.Next(ref state), (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    /// <summary><c>order[i] ← i</c></summary>
    public static void InOrder(Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
    }

    /// <summary>Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators (2014); Stafford's mixer 13.</summary>
    private static class SplitMix64
    {
        public static ulong Next(ref ulong state) => Mix(state += 0x9E37_79B9_7F4A_7C15);

        public static ulong Mix(ulong z)
        {
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }
}
