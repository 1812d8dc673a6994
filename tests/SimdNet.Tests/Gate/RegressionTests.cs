using SimdNet.Benchmarks.Gate;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Gate;

/// <summary>The gate at work, on real kernels and a real clock: alone, for it sets the threads of the process.</summary>
[Collection(nameof(Alone))]
public sealed class RegressionTests : IDisposable
{
    private const string Slowed = "softmax 16x1000", Untouched = "gemm NN 64";

    private static HashSet<string> Names => [.. Cases.Yardsticks.Select(yardstick => yardstick.Name), Slowed, Untouched];

    private readonly int _threadsBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _threadsBefore;

    /// <summary>What another process does to this machine meanwhile may spoil a try, but hardly three.</summary>
    [Fact]
    public void A_kernel_slowed_by_30_percent_is_named_and_no_other()
    {
        string report = "";
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using TemporaryFolder folder = new();
            string baseline = folder.File("baseline.json");
            GateCase slow = Find(Slowed), untouched = Find(Untouched);
            new Regression([slow, untouched], baseline, "here", TextWriter.Null).Update(Names, _ => { });

            using StringWriter output = new();
            int exitCode = new Regression([slow.Slowed(1.3), untouched], baseline, "here", output).Check(_ => { });

            report = output.ToString();
            if (exitCode == 1 && report.Contains($"{Slowed} is slower than it was, 3 times measured: ", StringComparison.Ordinal)
                && report.EndsWith("1 passed, 1 failed\n", StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.SkipWhen(report.Contains(nameof(Verdict.Unsure), StringComparison.Ordinal), "This machine is too noisy just now: the gate has said so itself.");
        Assert.Fail($"{Slowed}, slowed by 30 %, has passed:\n{report}");
    }

    [Fact]
    public void On_a_machine_that_the_baseline_does_not_know_all_passes()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("baseline.json", "{ \"there\": { \"spin\": 1e9 } }"u8.ToArray());
        GateCase spin = new("spin", () => new(() => Thread.SpinWait(100), () => 1e-3));
        using StringWriter output = new();

        Assert.Equal(0, new Regression([spin], path, "here", output).Check(_ => { }));
        Assert.StartsWith($"here: {path} does not know it", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 0 failed\n", output.ToString(), StringComparison.Ordinal);

        Assert.Equal(1, new Regression([spin], path, "there", output).Check(_ => { }));
        Assert.EndsWith("0 passed, 1 failed\n", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no name contains pigs or fly, expected a part of one of:", "regress", "--cases", "pigs", "fly")]
    [InlineData("is no factor, expected 1 or more", "regress", "--cases", "gemm", "--slower", "0.5")]
    public void A_wrong_word_is_refused(string message, params string[] args)
    {
        using StringWriter output = new(), error = new();

        Assert.Equal(2, RegressCommand.Create(output, error).Parse(args[1..]).Invoke());
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void A_damaged_baseline_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("baseline.json", "[]"u8.ToArray());
        using StringWriter output = new(), error = new();

        Assert.Equal(2, RegressCommand.Create(output, error).Parse(["--cases", "gemm NN 64", "--baseline", path]).Invoke());
        Assert.StartsWith(path, error.ToString(), StringComparison.Ordinal);
    }

    private static GateCase Find(string name) => Cases.All.Single(@case => @case.Name == name);
}
