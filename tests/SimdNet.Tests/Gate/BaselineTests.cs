using System.Text.Json;
using SimdNet.Benchmarks.Gate;
using Xunit;

namespace SimdNet.Tests.Gate;

public sealed class BaselineTests
{
    [Fact]
    public void What_is_written_is_sorted_and_read_back()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("baseline.json");
        Baseline baseline = Baseline.Read(path);
        Assert.Empty(baseline.Machines);
        baseline.Set("zen, Vector<float>", "tanh", 0.81239);
        baseline.Set("zen, Vector<float>", "adam", 1.5);
        baseline.Set("arm", "tanh", 0.25);
        baseline.Set("arm", "gone", 0.25);
        baseline.Keep("arm", new HashSet<string> { "tanh", "adam" });
        baseline.Write(path);

        const string Expected = """
            {
              "arm": {
                "tanh": 0.25
              },
              "zen, Vector<float>": {
                "adam": 1.5,
                "tanh": 0.8124
              }
            }

            """;
        Assert.Equal(Expected.ReplaceLineEndings("\n"), File.ReadAllText(path));
        Baseline read = Baseline.Read(path);
        Assert.Equal(0.8124, read.Share("zen, Vector<float>", "tanh"));
        Assert.Null(read.Share("zen, Vector<float>", "gone"));
        Assert.Null(read.Share("mips", "tanh"));
        read.Write(path);
        Assert.Equal(Expected.ReplaceLineEndings("\n"), File.ReadAllText(path));
    }

    [Fact]
    public void What_is_no_baseline_is_refused()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<JsonException>(() => Baseline.Read(folder.File("baseline.json", "{ \"arm\": [] }"u8.ToArray())));
    }

    [Fact]
    public void Every_machine_of_the_repository_knows_every_case_and_no_other()
    {
        string[] cases = [.. Cases.All.Concat(Cases.Yardsticks).Select(@case => @case.Name).Order(StringComparer.Ordinal)];
        Baseline baseline = Baseline.Read(Path.Combine(HouseTests.Root, "perf", "baseline.json"));

        Assert.Equal(cases, cases.Distinct());
        Assert.NotEmpty(baseline.Machines);
        Assert.All(baseline.Machines, machine => Assert.Equal(cases, baseline.CasesOf(machine)));
    }
}
