using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SimdNet.Peers.Suites;

/// <summary>
/// How long single predictions take: of each of 100 000 calls the time, in turns of a thousand for each contestant, and of those times three
/// quantiles. A case is named <c>mlp 784-512-512-10 batch 1</c>.
/// </summary>
/// <remarks>To read the clock takes some 25 ns of each call, of everyone's.</remarks>
internal sealed class LatencySuite : PredictSuite
{
    private const int Calls = 100_000, CallsPerTurn = 1000, LimitSamples = 15;
    private const double WarmUpSeconds = 0.3, BudgetSeconds = 30;

    private static readonly (string Name, double Share)[] s_quantiles = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];

    public override string Name => "latency";

    public override IReadOnlyList<string> DefaultCases { get; } =
        ["mlp 16-64-64-4 batch 1", "mlp 64-256-256-8 batch 1", "mlp 784-512-512-10 batch 1", "cnn batch 1"];

    public override IEnumerable<(Case Case, Measurement Measurement)> Measure(
        IReadOnlyList<Case> cases, int threads, Action<string> progress)
    {
        foreach (Case @case in cases)
        {
            progress(@case.Name);
            @case.CheckAnswers();
            (string Name, double[] Seconds)[] times = Time(@case);
            double limit = Enumerable.Range(0, LimitSamples).Min(_ => @case.Limit());
            foreach ((string quantile, double share) in s_quantiles)
            {
                string name = $"{@case.Name}, {quantile} of {times[0].Seconds.Length} calls";
                (string Name, double Seconds)[] all = [.. times.Select(entry => (entry.Name, Quantile(entry.Seconds, share)))];
                yield return (@case with { Name = name }, Measurement.Of(Name, name, threads, all[0].Seconds, all[1..], limit));
            }
        }
    }

    /// <returns>Of each contestant the times of all calls, in ascending order; fewer calls where so many would take too long.</returns>
    private static (string Name, double[] Seconds)[] Time(Case @case)
    {
        double round = @case.Contestants.Sum(WarmUp);
        int turns = (int)Math.Clamp(BudgetSeconds / round, 1, Calls / CallsPerTurn);
        (Contestant Contestant, double[] Seconds)[] entries =
            [.. @case.Contestants.Select(contestant => (contestant, new double[turns * CallsPerTurn]))];
        for (int turn = 0; turn < turns; turn++)
        {
            foreach ((Contestant contestant, double[] seconds) in turn % 2 == 0 ? entries : entries.Reverse())
            {
                Take(contestant, seconds.AsSpan(turn * CallsPerTurn, CallsPerTurn));
            }
        }

        Array.ForEach(entries, entry => Array.Sort(entry.Seconds));
        return Array.ConvertAll(entries, entry => (entry.Contestant.Name, entry.Seconds));
    }

    /// <returns>Seconds of a turn.</returns>
    private static double WarmUp(Contestant contestant)
    {
        double[] seconds = new double[CallsPerTurn];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds;)
        {
            Take(contestant, seconds);
        }

        return seconds.Sum();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Take(Contestant contestant, Span<double> seconds)
    {
        foreach (ref double call in seconds)
        {
            long start = Stopwatch.GetTimestamp();
            contestant.Run();
            call = (Stopwatch.GetTimestamp() - start) / (double)Stopwatch.Frequency; // a TimeSpan knows only tenths of microseconds
        }
    }

    private static double Quantile(double[] ascending, double share) => ascending[(int)Math.Ceiling(share * ascending.Length) - 1];
}
