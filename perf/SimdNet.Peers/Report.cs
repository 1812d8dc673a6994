using System.Text.Json;
using Spectre.Console;

namespace SimdNet.Peers;

/// <summary>What has been measured, as a table for the reader and as JSON for programs.</summary>
internal sealed class Report(Suite suite)
{
    private readonly List<(Case Case, Measurement Measurement)> _rows = [];

    public void Add(Case @case, Measurement measurement) => _rows.Add((@case, measurement));

    /// <summary>One row for each case, then the geometric mean and the worst of the ratios.</summary>
    public void Print()
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("case").NoWrap());
        string[] peers = [.. _rows.SelectMany(row => row.Measurement.Peers.Keys).Distinct()];
        string[] headings = ["SimdNet µs", suite.Unit, .. peers.Select(peer => $"{peer} µs"), "ratio", "of limit"];
        foreach (string heading in headings)
        {
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        }

        foreach ((Case @case, Measurement measurement) in _rows)
        {
            table.AddRow([
                @case.Name,
                Microseconds(measurement.SimdnetUs),
                $"{@case.Work / measurement.SimdnetUs / 1e3:F1}",
                .. peers.Select(peer => measurement.Peers.TryGetValue(peer, out double time) ? Microseconds(time) : ""),
                $"{measurement.Ratio:F3}",
                $"{measurement.ShareOfLimit:P1}"]);
        }

        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 160); // a file's table is not folded at 80
        AnsiConsole.Write(table);
        Measurement worst = _rows.MinBy(row => row.Measurement.Ratio).Measurement;
        double mean = Math.Exp(_rows.Average(row => Math.Log(row.Measurement.Ratio)));
        Console.WriteLine($"ratio = best peer's time / SimdNet's: geometric mean {mean:F3}, worst {worst.Ratio:F3} ({worst.Case})");
    }

    /// <summary>Writes the array of measurements.</summary>
    public void WriteJson(FileInfo file)
    {
        IReadOnlyList<Measurement> measurements = [.. _rows.Select(row => row.Measurement)];
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(measurements, MeasurementJson.Default.IReadOnlyListMeasurement);
        File.WriteAllBytes(file.FullName, json);
    }

    private static string Microseconds(double value) => value < 10 ? $"{value:F3}" : value < 1000 ? $"{value:F2}" : $"{value:F0}";
}
