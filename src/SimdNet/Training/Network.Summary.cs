using System.Globalization;
using System.Text;
using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <content>A network as a table.</content>
public sealed partial class Network
{
    private static readonly string[] s_headings = ["layer", "output", "parameters", "bytes", "flops"];

    /// <summary>
    /// A table of the layers: what each puts out for a sample, its parameters, the bytes they take, and the floating-point operations of
    /// a forward pass per sample; the last line has the sums.
    /// </summary>
    public string Summary()
    {
        List<string[]> rows = [s_headings];
        long bytes = 0, flops = 0;
        for (int i = 0; i < Layers.Count; i++)
        {
            ParameterSpec[] specs = [.. Chain.SpecsOf(i)];
            long trained = specs.Where(spec => spec.Role != ParameterRole.Statistic).Sum(spec => (long)spec.Shape.Length);
            long layerBytes = specs.Sum(spec => (long)spec.Shape.Length) * sizeof(float);
            long layerFlops = Layers[i].Flops(Chain.ShapeAt(i));
            rows.Add([$"{i} {Layers[i].Kind}", Chain.ShapeAt(i + 1).ToString(), Number(trained), Number(layerBytes), Number(layerFlops)]);
            (bytes, flops) = (bytes + layerBytes, flops + layerFlops);
        }

        rows.Add(["", Output.ToString(), Number(ParameterCount), Number(bytes), Number(flops)]);
        return Table(rows);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Two columns of words, to the left; then numbers, to the right.</summary>
    private static string Table(List<string[]> rows)
    {
        int[] widths = [.. s_headings.Select((_, column) => rows.Max(row => row[column].Length))];
        StringBuilder table = new();
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            table.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        return table.ToString();
    }
}
