namespace SimdNet.Kernels;

/// <summary>What an optimizer's pass runs over: each [n], and states that its rule does not have are empty.</summary>
internal readonly ref struct UpdateSpans(
    Span<float> p, ReadOnlySpan<float> g, Span<float> s0 = default, Span<float> s1 = default, Span<float> s2 = default)
{
    public readonly Span<float> P = p, S0 = s0, S1 = s1, S2 = s2;
    public readonly ReadOnlySpan<float> G = g;

    /// <summary>All have one length, and share nothing.</summary>
    /// <param name="states">The states' names, as many as the rule has.</param>
    public void Check(params ReadOnlySpan<string> states)
    {
        for (int i = 0; i < states.Length + 2; i++)
        {
            Guard.Length(At(i).Length, P.Length, Name(i, states));
        }

        for (int j = 1; j < states.Length + 2; j++)
        {
            for (int i = 0; i < j; i++)
            {
                Guard.Apart(At(i), At(j), Name(i, states), Name(j, states));
            }
        }
    }

    private static string Name(int index, ReadOnlySpan<string> states) => index switch { 0 => "g", 1 => "p", _ => states[index - 2] };

    private ReadOnlySpan<float> At(int index) => index switch { 0 => G, 1 => P, 2 => S0, 3 => S1, _ => S2 };
}
