using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// Says when training no longer helps, by a score that is not trained on, and keeps the parameters of the best one in a buffer of its own.
/// </summary>
/// <remarks>Prechelt, Early stopping, but when? (1998).</remarks>
public sealed class EarlyStopping
{
    private readonly Network _network;
    private readonly AlignedBuffer _best;
    private readonly int _sign; // scores are compared as if more were better

    /// <summary>Watches a network.</summary>
    /// <param name="network">The network that is trained.</param>
    /// <param name="patience">The scores in a row without a better one after which to stop, 1 or more.</param>
    /// <param name="minDelta">By how much a score must be better to count as better, 0 or more.</param>
    /// <param name="higherIsBetter">Whether scores are such as accuracies; else they are such as losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public EarlyStopping(Network network, int patience, float minDelta = 0, bool higherIsBetter = false)
    {
        Guard.Positive(patience, nameof(patience));
        Guard.NotNegative(minDelta, nameof(minDelta));
        (_network, Patience, MinDelta, HigherIsBetter) = (network, patience, minDelta, higherIsBetter);
        _sign = higherIsBetter ? 1 : -1;
        _best = new AlignedBuffer(network.ParameterSpan.Length);
    }

    /// <summary>The scores in a row without a better one after which to stop.</summary>
    public int Patience { get; }

    /// <summary>By how much a score must be better to count as better.</summary>
    public float MinDelta { get; }

    /// <summary>Whether higher scores are better.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>The best score; NaN before the first that is a number.</summary>
    public float BestScore { get; private set; } = float.NaN;

    /// <summary>Scores since the best one.</summary>
    public int SinceBest { get; private set; }

    /// <summary>Takes a score of the network as it is now; if it is the best, keeps the parameters. Nothing is allocated.</summary>
    /// <param name="score">The score; NaN is never better.</param>
    /// <returns>Whether to stop: the last <see cref="Patience"/> scores were not better than the best.</returns>
    public bool ShouldStop(float score)
    {
        bool isBetter = float.IsNaN(BestScore) ? !float.IsNaN(score) : _sign * ((double)score - BestScore) > MinDelta;
        if (isBetter)
        {
            (BestScore, SinceBest) = (score, 0);
            _network.ParameterSpan.CopyTo(_best.Span);
        }
        else
        {
            SinceBest++;
        }

        return SinceBest >= Patience;
    }

    /// <summary>
    /// Gives the network the parameters, and statistics, that it had at the best score; before the first score, nothing happens.
    /// </summary>
    public void Restore()
    {
        if (!float.IsNaN(BestScore))
        {
            _best.Span.CopyTo(_network.ParameterSpan);
            _network.MarkChanged();
        }
    }
}
