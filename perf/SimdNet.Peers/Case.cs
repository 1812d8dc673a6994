namespace SimdNet.Peers;

/// <summary>One piece of work that SimdNet and its peers do on the same data.</summary>
/// <param name="Name">As it is asked for by <c>--case</c>, and as it stands in the results.</param>
/// <param name="Work">How much work it is, in the suite's unit.</param>
/// <param name="Ours">SimdNet, called as a user would.</param>
/// <param name="Peers">The others, at least one.</param>
/// <param name="Check">Runs each contestant once and compares the answers; throws <see cref="PeersException"/> if they differ.</param>
/// <param name="Limit">Measures the machine, once: the seconds in which no program could do this work.</param>
internal record Case(
    string Name, double Work, Contestant Ours, IReadOnlyList<Contestant> Peers, Action Check, Func<double> Limit)
{
    /// <summary>SimdNet, then the others.</summary>
    public IEnumerable<Contestant> Contestants => Peers.Prepend(Ours);

    /// <summary>Compares the answers, once before anything is timed.</summary>
    /// <exception cref="PeersException">They differ; the message names the case.</exception>
    public void CheckAnswers()
    {
        try
        {
            Check();
        }
        catch (PeersException exception)
        {
            throw new PeersException($"{Name}: {exception.Message}");
        }
    }
}
