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
        if (!HaveOneLength(states.Length) || Overlap)
        {
            Refuse(states);
        }
    }

    /// <summary>An empty span overlaps nothing.</summary>
    private bool Overlap =>
        G.Overlaps(P) || G.Overlaps(S0) || P.Overlaps(S0) || G.Overlaps(S1) || P.Overlaps(S1) || S0.Overlaps(S1)
        || G.Overlaps(S2) || P.Overlaps(S2) || S0.Overlaps(S2) || S1.Overlaps(S2);

    private bool HaveOneLength(int states) =>
        G.Length == P.Length && (states < 1 || S0.Length == P.Length) && (states < 2 || S1.Length == P.Length) && (states < 3 || S2.Length == P.Length);

    /// <summary>Finds what <see cref="Check"/> has found, and says which it is.</summary>
    private void Refuse(ReadOnlySpan<string> states)
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
