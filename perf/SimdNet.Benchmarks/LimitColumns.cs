using System.Collections.Concurrent;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using SimdNet.Simd;

namespace SimdNet.Benchmarks;

/// <summary>The rate of a benchmark: <c>GFLOP/s</c> or <c>GB/s</c>, from its median.</summary>
internal sealed class RateColumn : WorkColumn
{
    public override string ColumnName => "Rate";

    public override string Legend => "Work per second, from the median";

    protected override string Show(Work work, double seconds) =>
        $"{work.Amount / seconds * 1e-9:F1} {(work.Unit == Unit.Flops ? "GFLOP/s" : "GB/s")}";
}

/// <summary>The share of the machine's limit that a benchmark reaches; the limit is measured in the same process, after the benchmarks.</summary>
internal sealed class LimitColumn : WorkColumn
{
    private static readonly ConcurrentDictionary<(double Footprint, int Read, int Written), double> s_stream = new();
    private static readonly Lazy<double> s_flops = new(() => MachineLimit.FmaFlopsPerSecond());

    public override string ColumnName => "Of limit";

    public override string Legend =>
        "Rate over that of multiply-adds in registers, or of a triad or a pass in place in as much memory, on one thread";

    protected override string Show(Work work, double seconds)
    {
        double limit = work.Unit == Unit.Flops ? s_flops.Value : s_stream.GetOrAdd((work.Footprint, work.Read, work.Written), Stream);
        return $"{work.Amount / seconds / limit:P1}";
    }

    private static double Stream((double Footprint, int Read, int Written) pass) => pass.Read == 0
        ? MachineLimit.StreamBytesPerSecond((int)pass.Footprint)
        : MachineLimit.InPlaceBytesPerSecond((int)pass.Footprint, pass.Read, pass.Written);
}

/// <summary>A column of benchmarks that say how much work they do.</summary>
internal abstract class WorkColumn : IColumn
{
    public string Id => ColumnName;

    public abstract string ColumnName { get; }

    public abstract string Legend { get; }

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        WorkAttribute.Of(benchmarkCase) is { } work && summary[benchmarkCase]?.ResultStatistics is { } time
            ? Show(work, time.Median * 1e-9)
            : "-";

    protected abstract string Show(Work work, double seconds);
}
