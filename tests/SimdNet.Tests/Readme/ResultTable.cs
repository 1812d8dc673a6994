using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SimdNet.Tests.Readme;

/// <summary>
/// A table of README that is cut from perf/results. It stands between its marker and the next <c>&lt;!-- table end --&gt;</c>; the marker names
/// the processor's folder and the suites, and, if not all, the cases, each with what to call it:
/// <code>
/// &lt;!-- table amd-epyc-zen5 elementwise optimizer
/// exp 65536 = eˣ of 64 Ki floats
/// adam 65536
/// --&gt;
/// </code>
/// </summary>
internal sealed partial class ResultTable
{
    private const string Others = "the best other";

    private readonly string[] _suites;
    private readonly (string Case, string Label)[] _rows;
    private readonly Dictionary<string, Result> _one, _two;
    private readonly string[] _peers;

    private ResultTable(string folder, string[] suites, string[] rows)
    {
        _suites = suites;
        (_one, _two) = (Read(folder, suites, "1-thread"), Read(folder, suites, "2-threads"));
        _rows = [.. (rows.Length > 0 ? rows : [.. _one.Keys]).Select(Labelled)];
        _peers = [.. _rows.SelectMany(row => _one[row.Case].Peers.Keys).Select(Family).Distinct()];
    }

    /// <summary>The text with every table in it as the results say.</summary>
    /// <param name="readme">The text.</param>
    /// <param name="results">The folder of the folders of results.</param>
    public static string Cut(string readme, string results) => Marked().Replace(readme, match =>
    {
        string[] words = match.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] rows = match.Groups["rows"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ResultTable table = new(Path.Combine(results, words[0]), words[1..], rows);
        return $"{match.Groups["marker"].Value}\n\n{string.Join('\n', table.Lines())}\n\n{match.Groups["end"].Value}";
    });

    /// <summary>How many tables a text has.</summary>
    public static int Count(string readme) => Marked().Count(readme);

    /// <summary>Times of one thread, each peer's over ours; of several suites no limits, for they have different ones.</summary>
    private IEnumerable<string> Lines()
    {
        bool hasLimit = _suites.Length == 1, hasTwo = _rows.All(row => _two.ContainsKey(row.Case));
        string rival = _peers.Length == 1 ? _peers[0] : Others;
        string[] headings =
        [
            "one thread", "SimdNet µs", .. _peers.Select(peer => $"{peer} / SimdNet"), .. hasLimit ? (string[])["of the limit"] : [],
            .. hasTwo ? (string[])[$"two threads: {rival} / SimdNet"] : [],
        ];
        yield return Line(headings);
        yield return $"|{string.Concat(headings.Select(_ => "---|"))}";
        foreach ((string @case, string label) in _rows)
        {
            Result result = _one[@case];
            yield return Line(
            [
                label, Microseconds(result.SimdnetUs), .. _peers.Select(peer => Ratio(result, peer)),
                .. hasLimit ? (string[])[$"{result.ShareOfLimit:0 %}"] : [], .. hasTwo ? (string[])[$"{_two[@case].Ratio:0.00}"] : [],
            ]);
        }

        yield return "";
        string more = _two.Count == 0 ? "" : $"; with two threads {Summary(_two)}";
        yield return $"Over all {_one.Count} cases, {Others} / SimdNet: geometric mean {Summary(_one)}{more}.".Replace(Others, rival, StringComparison.Ordinal);
    }

    private static string Summary(Dictionary<string, Result> results) =>
        $"{Math.Exp(results.Values.Average(result => Math.Log(result.Ratio))):0.00}, worst {results.Values.Min(result => result.Ratio):0.00}";

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static string Microseconds(double time) => time < 1 ? $"{time:0.000}" : time < 100 ? $"{time:0.00}" : $"{time:0}";

    private static string Ratio(Result result, string peer)
    {
        double[] times = [.. result.Peers.Where(entry => Family(entry.Key) == peer).Select(entry => entry.Value)];
        return times.Length == 0 ? "" : $"{times.Min() / result.SimdnetUs:0.00}";
    }

    /// <summary>A peer that does it in two ways counts by the faster.</summary>
    private static string Family(string peer) => peer.Replace(" in place", "", StringComparison.Ordinal);

    private (string Case, string Label) Labelled(string row)
    {
        (string @case, string label) = row.Split(" = ") is [var name, var given] ? (name, given) : (row, Sizes().Replace(row, "×"));
        return _one.ContainsKey(@case)
            ? (@case, label)
            : throw new InvalidDataException($"'{@case}' is none of the cases of {string.Join(", ", _suites)}.");
    }

    /// <summary>Of every suite that was run with so many threads.</summary>
    private static Dictionary<string, Result> Read(string folder, string[] suites, string threads) => (
        from suite in suites
        let file = Path.Combine(folder, $"{suite}-{threads}.json")
        where threads == "1-thread" || File.Exists(file)
        from JsonNode result in JsonNode.Parse(File.ReadAllText(file))!.AsArray()
        select new Result(
            (string)result["case"]!,
            (double)result["simdnet_us"]!,
            result["peers"]!.AsObject().ToDictionary(peer => peer.Key, peer => (double)peer.Value!),
            (double)result["ratio"]!,
            (double)result["share_of_limit"]!)).ToDictionary(result => result.Case);

    [GeneratedRegex(
        @"(?<marker><!-- table (?<words>[a-z0-9\- ]+?) ?(\n(?<rows>.*?)\n)?-->)\n.*?(?<end><!-- table end -->)",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Marked();

    [GeneratedRegex(@"(?<=\d)x(?=\d)")]
    private static partial Regex Sizes();

    /// <summary>What is used of an element of a file of results.</summary>
    private sealed record Result(string Case, double SimdnetUs, Dictionary<string, double> Peers, double Ratio, double ShareOfLimit);
}
