namespace SimdNet.Peers;

/// <summary>One way to do the work of a case.</summary>
/// <param name="Name">As it stands in the results.</param>
/// <param name="Run">The work, once, on data that is made before.</param>
internal sealed record Contestant(string Name, Action Run);
