namespace SimdNet.Peers;

/// <summary>
/// Times a case: warm-up, then rounds in which every contestant runs for a block of repetitions and the limit is measured beside them.
/// Who goes first alternates from round to round; what counts is the median, so that neither a drifting clock nor a neighbour of this
/// machine favours anyone.
/// </summary>
/// <remarks>
/// On one thread a block is a millisecond. On several, the workers of whoever ran before still spin in wait of more (those of OpenBLAS for
/// 2²⁸ ticks of the clock, some 0.1 s): a block is then longer, and is led in by a stretch that is not timed.
/// </remarks>
internal sealed class Race
{
    private const double WarmUpSeconds = 0.3; // by then tiered compilation has settled
    private const double BudgetSeconds = 4.5;
    private const int Passes = 5, MostRounds = 55;

    private readonly double _blockSeconds, _leadInSeconds;
    private readonly Case _case;
    private readonly Entry[] _entries;
    private readonly List<double> _limit = [];

    private Race(Case @case, int threads)
    {
        _case = @case;
        (_blockSeconds, _leadInSeconds) = threads == 1 ? (0.001, 0) : (0.02, 0.12);
        _entries = [.. @case.Contestants.Select(contestant => new Entry(contestant))];
    }

    /// <summary>
    /// Runs the cases. Each is warmed up and sized, then its rounds come in several passes over all cases: what disturbs a shared machine lasts
    /// seconds, longer than the rounds of a small case in a row.
    /// </summary>
    public static IReadOnlyList<Measurement> Run(Suite suite, IReadOnlyList<Case> cases, int threads, Action<string> progress)
    {
        Race[] races = [.. cases.Select(@case => new Race(@case, threads))];
        for (int pass = 0; pass <= Passes; pass++)
        {
            foreach (Race race in races)
            {
                progress($"pass {pass} of {Passes}, {race._case.Name}");
                if (pass == 0)
                {
                    race._case.CheckAnswers();
                    race.WarmUp();
                }
                else
                {
                    race.RunRounds();
                }
            }
        }

        return [.. races.Select(race => race.Result(suite, threads))];
    }

    private Measurement Result(Suite suite, int threads)
    {
        (string Name, double Seconds)[] peers = [.. _entries[1..].Select(peer => (peer.Name, peer.Median))];
        return Measurement.Of(suite.Name, _case.Name, threads, _entries[0].Median, peers, Samples.Median(_limit));
    }

    private void WarmUp()
    {
        foreach (Entry entry in _entries)
        {
            entry.Work.RunFor(WarmUpSeconds);
            entry.Work.SizeBlock(_blockSeconds);
        }
    }

    /// <summary>A pass's share of the rounds.</summary>
    private void RunRounds()
    {
        double round = _entries.Sum(entry => entry.Work.BlockSeconds + _leadInSeconds);
        int rounds = (int)Math.Clamp(BudgetSeconds / Passes / round, 1, MostRounds / Passes);
        foreach (Entry entry in _entries)
        {
            entry.Work.RunFor(round / _entries.Length); // the caches are another case's
        }

        for (int i = 0; i < rounds; i++)
        {
            foreach (Entry entry in i % 2 == 0 ? _entries : _entries.Reverse())
            {
                entry.Work.RunFor(_leadInSeconds);
                entry.TimeBlock();
            }

            _limit.Add(_case.Limit());
        }
    }

    /// <summary>A contestant and its times.</summary>
    private sealed class Entry(Contestant contestant)
    {
        private readonly List<double> _samples = [];

        public string Name => contestant.Name;

        public TimedWork Work { get; } = new(contestant.Run);

        /// <summary>Seconds for the work, once.</summary>
        public double Median => Samples.Median(_samples);

        public void TimeBlock() => _samples.Add(Work.TimeBlock() / contestant.Times);
    }
}
