using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Peers.Nets;

/// <summary>The values of a network's parameters, and of its statistics, in order.</summary>
internal sealed class ParameterQueue(Network network)
{
    private int _parameters, _statistics;

    /// <summary>The next parameter.</summary>
    public ReadOnlySpan<float> Next() => Values(network.Parameters[_parameters++]);

    /// <summary>The next statistic.</summary>
    public ReadOnlySpan<float> NextStatistic() => Values(network.Statistics[_statistics++]);

    private ReadOnlySpan<float> Values(Window window) => network.Parameter(window.Name);
}
