using System.CommandLine;
using SimdNet.Peers.Start;
using SimdNet.Peers.Suites;

namespace SimdNet.Peers;

/// <summary>The program: a suite by name; or, for suite <c>start</c>, a process that it measures.</summary>
internal static class Program
{
    private static int Main(string[] args) => FirstAnswer.IsAskedFor(args) ? FirstAnswer.Print(args) : Run(args);

    private static int Run(string[] args)
    {
        Suite[] suites =
        [
            new GemmSuite(), new ElementwiseSuite(), new LossSuite(), new OptimizerSuite(), new NormalizationSuite(), new ConvolutionSuite(),
            new PoolingSuite(), new TrainSuite(), new PredictSuite(), new TwoCallersSuite(), new LatencySuite(), new StartSuite(),
            new AccuracySuite(),
        ];
        Option<string> suiteOption = new("--suite") { Description = "What is timed.", Required = true };
        suiteOption.AcceptOnlyFromAmong([.. suites.Select(suite => suite.Name)]);
        Option<int> threadsOption = new("--threads") { Description = "Threads that each contestant may use.", DefaultValueFactory = _ => 1 };
        Option<FileInfo?> jsonOption = new("--json") { Description = "The file to write the measurements to." };
        Option<string[]> casesOption = new("--case")
        {
            Description = "Cases to run in place of the suite's own, such as \"NT 300x200x100\".",
            AllowMultipleArgumentsPerToken = true,
        };

        RootCommand command = new("Times SimdNet beside its peers and the machine's own limit, interleaved in one process.")
        {
            suiteOption, threadsOption, jsonOption, casesOption,
        };
        command.SetAction(parsed =>
        {
            Suite suite = suites.Single(suite => suite.Name == parsed.GetValue(suiteOption));
            IReadOnlyList<string> cases = parsed.GetValue(casesOption) is { Length: > 0 } named ? named : suite.DefaultCases;
            return Session.Run(suite, cases, parsed.GetValue(threadsOption), parsed.GetValue(jsonOption));
        });
        return command.Parse(args).Invoke();
    }
}
