namespace SimdNet.Benchmarks.Gate;

/// <summary>What is to be thought of a case; what comes later speaks better for it.</summary>
internal enum Verdict
{
    /// <summary>Slower than the baseline by more than noise explains.</summary>
    Fallen,

    /// <summary>Slower, perhaps, on a machine too noisy to tell.</summary>
    Unsure,

    /// <summary>Nothing to compare it with.</summary>
    New,

    /// <summary>As fast as it was.</summary>
    Held,

    /// <summary>Faster than the baseline by more than noise explains.</summary>
    Risen,
}

/// <summary>A reading beside what the baseline expects.</summary>
/// <remarks>
/// Shares of a limit that is measured within milliseconds of the work do not move with clocks and hardly with neighbours: from process to
/// process of a quiet machine 41 of 43 are within 4 %, two within 8 %. What is left shows in the run itself, as the mean deviation of its
/// passes, seconds apart. Twice that is allowed, about four times the error of a median of nine. It is never less than
/// <see cref="Floor"/>, which is for what a run cannot see of itself: where its pages and its code happen to lie. And noise that would excuse
/// more than <see cref="Most"/> is no excuse: the case is measured again.
/// </remarks>
/// <param name="Reading">What was measured.</param>
/// <param name="Expected">The share in the baseline, if it has one.</param>
internal readonly record struct Judgement(Reading Reading, double? Expected)
{
    /// <summary>The least fall that counts: a tenth.</summary>
    public const double Floor = 0.10;

    /// <summary>The largest fall that noise may excuse; a kernel that takes 30 % longer falls by 0.23.</summary>
    public const double Most = 0.18;

    private const double Deviations = 2;

    /// <summary>The relative change that noise explains.</summary>
    public double Threshold => Math.Max(Floor, Deviations * Reading.Noise);

    /// <summary>The change from what was expected, relative to it.</summary>
    public double Change => Expected is { } expected ? (Reading.Share / expected) - 1 : 0;

    /// <summary>What to think of it.</summary>
    public Verdict Verdict => Expected is null
        ? Threshold > Most ? Verdict.Unsure : Verdict.New
        : Change switch
        {
            double change when change < -Threshold => Verdict.Fallen,
            < -Floor when Threshold > Most => Verdict.Unsure,
            double change when change > Threshold => Verdict.Risen,
            _ => Verdict.Held,
        };

    /// <summary>Whether the case is to be measured again.</summary>
    public bool IsSuspect => Verdict is Verdict.Fallen or Verdict.Unsure;

    /// <summary>
    /// Of several readings the one that speaks best: a neighbour takes speed and gives none, so what was reached once can be reached, and
    /// only a kernel that is slower is slower every time.
    /// </summary>
    public static Judgement Of(IEnumerable<Reading> readings, double? expected) =>
        readings.Select(reading => new Judgement(reading, expected)).MaxBy(judgement => (judgement.Verdict, judgement.Reading.Share));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Reading.Share:P1} of the limit, expected {Expected:P1}: {-Change:P1} less, where noise explains {Threshold:P1}";
}
