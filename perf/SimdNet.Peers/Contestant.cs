namespace SimdNet.Peers;

/// <summary>One way to do the work of a case.</summary>
/// <param name="Name">As it stands in the results.</param>
/// <param name="Run">The work, on data that is made before.</param>
/// <param name="Times">How often a run does the work: times are of once.</param>
internal sealed record Contestant(string Name, Action Run, int Times = 1);
