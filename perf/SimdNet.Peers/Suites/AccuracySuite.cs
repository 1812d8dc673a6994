using System.Globalization;
using System.Text.RegularExpressions;
using SimdNet.Data;
using SimdNet.Peers.Learning;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;

namespace SimdNet.Peers.Suites;

/// <summary>
/// Whole trainings on MNIST beside libtorch: the time of steps until the test set is classified so well. A case is named
/// <c>cnn batch 64 epochs 2 to 99.0 %</c>.
/// </summary>
/// <remarks>
/// Both begin with the same parameters and learn from the same batches in the same order, by the same loss, optimizer and rates; the masks of
/// dropout are everyone's own. They take turns, some steps each on all cores, and after its turn each is tested. The clock runs in steps
/// alone: not while batches are made or copied into tensors, and not in tests.
/// </remarks>
internal sealed partial class AccuracySuite : Suite
{
    private const int Turn = 100; // steps
    private const int MaxBatch = 1 << 12, MaxEpochs = 100;

    public override string Name => "accuracy";

    public override string Unit => "GFLOP/s";

    public override IReadOnlyList<string> DefaultCases { get; } = ["cnn batch 64 epochs 2 to 99.0 %"];

    protected override string Limit => $"the products as {Limits.FmaName}";

    public override string? Refuse(string caseName)
    {
        Match match = CaseName().Match(caseName);
        if (!match.Success || !Catalog.Named.TryGetValue(match.Groups["net"].Value, out Func<Net>? net) || net().Input.Length != 28 * 28)
        {
            return $"'{caseName}' is no case of {Name}: expected a network for images of 1 × 28 × 28, as in \"{DefaultCases[0]}\".";
        }

        return Number(match, "batch") is < 1 or > MaxBatch || Number(match, "epochs") is < 1 or > MaxEpochs || Number(match, "percent") > 100
            ? $"'{caseName}' is out of range: expected batches to {MaxBatch}, epochs to {MaxEpochs}, both from 1, and up to 100 %."
            : null;
    }

    /// <summary>A step of each; what it takes to the accuracy is known when it is there.</summary>
    public override Case Create(string caseName, int threads)
    {
        Match match = CaseName().Match(caseName);
        Net net = Catalog.Named[match.Groups["net"].Value]();
        IdxDataset mnist = IdxDataset.Open(Path.Combine(AppContext.BaseDirectory, "Data", "mnist"));
        Lesson lesson = new(mnist.Train, (int)Number(match, "batch"), (int)Number(match, "epochs"));
        double flops = net.StepFlops * lesson.BatchSize;
        return new LearningCase(caseName, flops, () => Limits.Fma(flops, threads))
        {
            Net = net,
            Lesson = lesson,
            Test = mnist.Test,
            Target = Number(match, "percent") / 100,
        };
    }

    /// <summary>Each case once: what has been learnt cannot be learnt again.</summary>
    public override IEnumerable<(Case Case, Measurement Measurement)> Measure(IReadOnlyList<Case> cases, int threads, Action<string> progress) =>
        cases.Select(@case => Run((LearningCase)@case, threads));

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads)];

    private (Case Case, Measurement Measurement) Run(LearningCase @case, int threads)
    {
        @case.WarmUp();
        Learner[] learners = @case.Learners();
        foreach (IReadOnlyList<Exercise> turn in @case.Lesson.Turns(Turn))
        {
            foreach (Learner learner in learners)
            {
                learner.Take(turn, @case.Test);
                Console.WriteLine(learner);
            }
        }

        Progress[] reached = Array.ConvertAll(learners, learner => learner.Reached(@case.Target));
        double limit = @case.Limit() * reached[0].Steps;
        Measurement measurement =
            Measurement.Of(Name, @case.Name, threads, reached[0].Seconds, [(learners[1].Name, reached[1].Seconds)], limit);
        return (@case with { Work = @case.Work * reached[0].Steps }, measurement);
    }

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<net>[a-z]+) batch (?<batch>\d{1,9}) epochs (?<epochs>\d{1,9}) to (?<percent>\d{1,9}(\.\d+)?) %$",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex CaseName();
}
