using SimdNet.Tests.Readme;
using Xunit;

namespace SimdNet.Tests;

/// <summary>
/// README's tables say what perf/results says: <c>SIMDNET_APPROVE=1 dotnet test -c Release</c> cuts them anew, and the change is reviewed with
/// the rest.
/// </summary>
public sealed class ReadmeTablesTests
{
    private const string Measured = """
        [
          { "suite": "gemm", "case": "NN 2x3x4", "threads": 1, "simdnet_us": 0.5, "peers": { "OpenBLAS": 1, "OpenBLAS in place": 0.75 },
            "best_peer": "OpenBLAS in place", "ratio": 1.5, "limit_us": 0.25, "share_of_limit": 0.5 },
          { "suite": "gemm", "case": "TN 64x64x64", "threads": 1, "simdnet_us": 1234.4, "peers": { "OpenBLAS": 1234.4, "MKL": 7406.4 },
            "best_peer": "OpenBLAS", "ratio": 1, "limit_us": 1200, "share_of_limit": 0.972 }
        ]
        """;

    [Fact]
    public void Every_table_is_cut_from_the_results()
    {
        string path = Path.Combine(HouseTests.Root, "README.md"), readme = File.ReadAllText(path);
        string expected = ResultTable.Cut(readme, Path.Combine(HouseTests.Root, "perf", "results"));
        if (Environment.GetEnvironmentVariable("SIMDNET_APPROVE") == "1")
        {
            File.WriteAllText(path, readme = expected);
        }

        Assert.True(ResultTable.Count(readme) >= 2);
        string[] actualLines = readme.Split('\n'), expectedLines = expected.Split('\n');
        IEnumerable<string> difference =
            [.. actualLines.Except(expectedLines).Select(line => $"- {line}"), .. expectedLines.Except(actualLines).Select(line => $"+ {line}")];
        Assert.True(readme == expected, $"README.md is not as perf/results says:\n{string.Join('\n', difference)}");
    }

    [Fact]
    public void A_table_has_the_cases_of_its_marker_in_their_order()
    {
        using TemporaryFolder results = new();
        Put(results, "gemm-1-thread.json");
        Put(results, "gemm-2-threads.json");

        string cut = ResultTable.Cut(
            "before\n<!-- table zen gemm\nTN 64x64x64\nNN 2x3x4 = a small one\n-->\nold\n<!-- table end -->\nafter", results.Path);

        Assert.Equal(
            """
            before
            <!-- table zen gemm
            TN 64x64x64
            NN 2x3x4 = a small one
            -->

            | one thread | SimdNet µs | OpenBLAS / SimdNet | MKL / SimdNet | of the limit | two threads: the best other / SimdNet |
            |---|---|---|---|---|---|
            | TN 64×64×64 | 1234 | 1.00 | 6.00 | 97 % | 1.00 |
            | a small one | 0.500 | 1.50 |  | 50 % | 1.50 |

            Over all 2 cases, the best other / SimdNet: geometric mean 1.22, worst 1.00; with two threads 1.22, worst 1.00.

            <!-- table end -->
            after
            """.ReplaceLineEndings("\n"), cut);
        Assert.Equal(cut, ResultTable.Cut(cut, results.Path));
    }

    [Fact]
    public void A_table_without_cases_has_them_all_and_an_unknown_case_is_refused()
    {
        using TemporaryFolder results = new();
        Put(results, "gemm-1-thread.json");

        string cut = ResultTable.Cut("<!-- table zen gemm -->\n<!-- table end -->", results.Path);

        Assert.Contains("| NN 2×3×4 | 0.500 |", cut, StringComparison.Ordinal);
        Assert.Contains("| TN 64×64×64 | 1234 |", cut, StringComparison.Ordinal);
        Assert.DoesNotContain("two threads", cut, StringComparison.Ordinal);
        string message = Assert.Throws<InvalidDataException>(
            () => ResultTable.Cut("<!-- table zen gemm\nNN 2x3x5\n-->\n<!-- table end -->", results.Path)).Message;
        Assert.Equal("'NN 2x3x5' is none of the cases of gemm.", message);
    }

    private static void Put(TemporaryFolder results, string name)
    {
        Directory.CreateDirectory(results.File("zen"));
        File.WriteAllText(Path.Combine(results.File("zen"), name), Measured);
    }
}
