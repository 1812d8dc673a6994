using SimdNet.Peers;

namespace SimdNet.Benchmarks.Gate;

/// <summary>
/// Measures cases as shares of the machine's limit. In a round a case runs for a millisecond and its limit beside it for another; a pass has
/// some rounds of every case in turn, and what counts of it is the quickest of either, for whoever else is given the processor only makes a
/// round longer: the median of rounds, on a machine with five times more to do than it can, was off by a factor in some passes. What counts
/// in the end is the median of the passes: a neighbour's second spoils one or two.
/// </summary>
internal static class Course
{
    /// <summary>Code is compiled again when nothing new has run for 100 ms, and so is what counts its paths.</summary>
    private const int WarmUps = 3, SettlingMilliseconds = 250;

    private const double WarmUpSeconds = 0.1;
    private const double BlockSeconds = 0.001, LeadInSeconds = 0.003, PassSeconds = 0.03;
    private const int Passes = 9, LeastRounds = 3, MostRounds = 12;

    /// <summary>Prepares the cases, checks their answers, and measures them.</summary>
    /// <param name="cases">What to measure.</param>
    /// <param name="progress">Is told what is done.</param>
    /// <returns>A reading for each.</returns>
    public static IReadOnlyList<Reading> Run(IReadOnlyList<GateCase> cases, Action<string> progress)
    {
        Runner[] runners = [.. cases.Select(@case =>
        {
            progress($"checks, {@case.Name}");
            return new Runner(@case.Prepare());
        })];
        for (int i = 1; i <= WarmUps; i++)
        {
            foreach ((GateCase @case, Runner runner) in cases.Zip(runners))
            {
                progress($"warm-up {i} of {WarmUps}, {@case.Name}");
                runner.WarmUp();
            }

            Thread.Sleep(SettlingMilliseconds);
        }

        for (int pass = 1; pass <= Passes; pass++)
        {
            foreach ((GateCase @case, Runner runner) in cases.Zip(runners))
            {
                progress($"pass {pass} of {Passes}, {@case.Name}");
                runner.RunPass();
            }
        }

        progress("");
        return [.. runners.Select(runner => Reading.Of(runner.Shares))];
    }

    private sealed class Runner(PreparedWork prepared)
    {
        private readonly TimedWork _work = new(prepared.Run);
        private int _rounds;

        /// <summary>Of each pass.</summary>
        public List<double> Shares { get; } = [];

        public void WarmUp()
        {
            _work.RunFor(WarmUpSeconds);
            _work.SizeBlock(BlockSeconds);
            _ = prepared.Limit();
            _rounds = (int)Math.Clamp(PassSeconds / (_work.BlockSeconds + BlockSeconds), LeastRounds, MostRounds);
        }

        public void RunPass()
        {
            _work.RunFor(LeadInSeconds); // the caches are another case's
            double limit = double.PositiveInfinity, time = limit;
            for (int round = 0; round < _rounds; round++)
            {
                (limit, time) = (Math.Min(limit, prepared.Limit()), Math.Min(time, _work.TimeBlock()));
            }

            Shares.Add(limit / time);
        }
    }
}
