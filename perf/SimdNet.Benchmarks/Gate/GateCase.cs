using System.Diagnostics;
using SimdNet.Peers;

namespace SimdNet.Benchmarks.Gate;

/// <summary>A piece of work that the gate watches.</summary>
/// <param name="Name">As it stands in the baseline; it never changes its meaning.</param>
/// <param name="Prepare">Makes the data and checks the answer.</param>
internal sealed record GateCase(string Name, Func<PreparedWork> Prepare)
{
    /// <summary>
    /// The same work, each call of which takes so many times as long as it just has: what the gate is there to notice, and is shown to
    /// notice by this.
    /// </summary>
    public GateCase Slowed(double factor) => this with
    {
        Prepare = () =>
        {
            (Action run, Func<double> limit) = Prepare();
            return new(
                () =>
                {
                    long start = Stopwatch.GetTimestamp();
                    run();
                    long end = start + (long)(factor * (Stopwatch.GetTimestamp() - start));
                    while (Stopwatch.GetTimestamp() < end)
                    {
                    }
                },
                limit);
        },
    };

    /// <summary>A benchmark's method, on one thread, and how long the machine's limit takes for as much.</summary>
    public static GateCase Of<TBenchmark>(
        string name, Func<TBenchmark> create, Func<TBenchmark, Action> work, Func<TBenchmark, Func<double>> limit)
        where TBenchmark : IBenchmark => new(name, () =>
        {
            TBenchmark benchmark = create();
            benchmark.Setup();
            return new(work(benchmark), limit(benchmark));
        });

    /// <summary>The limit of work that is multiply-adds.</summary>
    public static Func<double> Fma(double flops) => () => Limits.Fma(flops, threads: 1);

    /// <summary>The limit of work that reads some arrays and writes others.</summary>
    public static Func<double> Stream(double bytes) => () => Limits.Stream(bytes, bytes, threads: 1);

    /// <summary>The limit of work that reads some arrays and writes some of them in place.</summary>
    public static Func<double> InPlace(double bytes, double footprint, int read, int written) =>
        () => Limits.InPlace(bytes, footprint, read, written, threads: 1);
}

/// <summary>Work that is ready to be timed.</summary>
/// <param name="Run">The work, once.</param>
/// <param name="Limit">Measures the machine, for a millisecond: the seconds in which no program could do this work.</param>
internal sealed record PreparedWork(Action Run, Func<double> Limit);
