namespace SimdNet.Peers;

/// <summary>What ends the program early: a wrong argument, a peer that is not on this machine, an answer that is not ours.</summary>
internal sealed class PeersException(string message) : Exception(message);
