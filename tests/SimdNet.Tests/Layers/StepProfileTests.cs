using System.Diagnostics;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Layers;

[Collection(nameof(Alone))]
public class StepProfileTests
{
    private const int Side = 8, Classes = 3, Samples = 4;

    private readonly float[] _inputs = Draws.Normal(Samples * Side * Side, stream: 1);
    private readonly int[] _labels = Draws.Labels(Samples, Classes, stream: 2);

    [Fact]
    public void A_step_has_every_layer_in_both_directions_also_those_inside_others()
    {
        (Trainer trainer, StepProfile profile) = Profiled(Create());

        trainer.Step(_inputs, _labels);

        Assert.Equal(
            [
                "Forward 0 Conv2D(1 × 8 × 8 → 2, kernel 3, padding 1) + ReLU", "Forward 2 Residual(2 × 8 × 8)",
                "Forward 2.shortcut.0 Conv2D(2 × 8 × 8 → 2, kernel 1)",
                "Forward 2.body.0 Conv2D(2 × 8 × 8 → 2, kernel 3, padding 1)", "Forward 2.body.1 BatchNorm(2 × 8 × 8) + branch", "Forward 4 Dense(128 → 3)", "Loss  SoftmaxCrossEntropy",
                "Backward 4 Dense(128 → 3)", "Backward 2 Residual(2 × 8 × 8)", "Backward 2.body.1 BatchNorm(2 × 8 × 8) + branch",
                "Backward 2.body.0 Conv2D(2 × 8 × 8 → 2, kernel 3, padding 1)", "Backward 2.shortcut.0 Conv2D(2 × 8 × 8 → 2, kernel 1)",
                "Backward 0 Conv2D(1 × 8 × 8 → 2, kernel 3, padding 1) + ReLU", "Optimizer  Adam", "Rest  rest",
            ],
            profile.Entries.Select(entry => $"{entry.Phase} {entry.Path} {entry.Name}"));
        Assert.All(profile.Entries, entry => Assert.True(entry.Seconds > 0, entry.Name));
    }

    [Fact]
    public void A_prediction_has_the_layers_as_it_walks_them()
    {
        Predictor predictor = Create().CreatePredictor(Samples);
        predictor.Profile = new StepProfile();

        predictor.Predict(_inputs);
        predictor.Predict(_inputs.AsSpan(0, Side * Side));

        Assert.Equal(
            ["Forward 0", "Forward 2", "Forward 2.shortcut.0", "Forward 2.body.0", "Forward 4", "Rest "],
            predictor.Profile.Entries.Select(entry => $"{entry.Phase} {entry.Path}"));
        Assert.Equal(2, predictor.Profile.Steps);
    }

    /// <summary>The time between two steps is nobody's; that in them is somebody's, once.</summary>
    [Fact]
    public void Entries_add_up_to_the_time_of_the_steps()
    {
        (Trainer trainer, StepProfile profile) = Profiled(Create());
        trainer.Step(_inputs, _labels);
        Assert.Equal(1, profile.Steps);
        profile.Clear();
        Assert.Equal((0, 0), (profile.Steps, profile.Seconds));
        Assert.Equal((0, 0), (profile.Entries.Sum(entry => entry.Flops), profile.Entries.Sum(entry => entry.Bytes)));

        double seconds = 0;
        for (int i = 0; i < 10; i++)
        {
            Thread.Sleep(2);
            long start = Stopwatch.GetTimestamp();
            trainer.Step(_inputs, _labels);
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Assert.Equal(10, profile.Steps);
        Assert.Equal(profile.Entries.Sum(entry => entry.Seconds), profile.Seconds);
        Assert.InRange(profile.Seconds, 0.5 * seconds, seconds);
    }

    [Fact]
    public void Operations_are_those_of_the_summary_also_of_layers_inside_others()
    {
        Network network = Create();
        (Trainer trainer, StepProfile profile) = Profiled(network);

        trainer.Step(_inputs, _labels);
        trainer.Step(_inputs.AsSpan(0, 2 * Side * Side), _labels.AsSpan(0, 2));

        Assert.Equal(
            (Samples + 2) * network.Chain.Flops,
            profile.Entries.Where(entry => entry.Phase == StepPhase.Forward).Sum(entry => entry.Flops));
    }

    [Fact]
    public void Bytes_are_each_array_once()
    {
        const int Inputs = 7, Units = 5;
        (Trainer trainer, StepProfile profile) = Profiled(
            new Network(Shape.Vector(Inputs), new Dense(Units), new ReLU(), new Dense(Classes), new Dropout(0.5f)));

        trainer.Step(_inputs.AsSpan(0, Samples * Inputs), _labels);

        const int FirstParameters = (Units * Inputs) + Units, SecondParameters = (Classes * Units) + Classes;
        Assert.Equal(
            [
                (Samples * (Inputs + Units)) + FirstParameters, // x, y; W, b
                (Samples * (Units + Classes)) + SecondParameters,
                Samples * (Classes + Classes),
                Samples * (Classes + Classes), // x, dx
                Samples * (Classes + Classes),
                (Samples * (Classes + Units + Units)) + (Classes * Units) + SecondParameters, // dy, x, dx; W, dW, db
                (Samples * (Units + Units + Inputs)) + FirstParameters, // dy, y, x; dW, db
                7 * (48 + 16 + 16 + 16), // p, g, m, v read; p, m, v written; each window in whole lines
                0,
            ],
            profile.Entries.Select(entry => entry.Bytes / sizeof(float)));
    }

    [Fact]
    public void No_bit_depends_on_it()
    {
        Network watched = Create(), alone = Create();
        Trainer plain = new(alone, new SoftmaxCrossEntropy(), new Adam(), Samples);
        (Trainer trainer, _) = Profiled(watched);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(plain.Step(_inputs, _labels), trainer.Step(_inputs, _labels));
        }

        Assert.Equal(Widths.Bits(alone.ParameterSpan), Widths.Bits(watched.ParameterSpan));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_allocated(bool on)
    {
        Network network = Create();
        StepProfile? profile = on ? new() : null;
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(), Samples) { Profile = profile };
        Predictor predictor = network.CreatePredictor(Samples);
        predictor.Profile = profile;

        Allocations.None(() =>
        {
            trainer.Step(_inputs, _labels);
            predictor.Predict(_inputs);
        });
    }

    /// <summary>A step that fails leaves no time behind that the next one would count.</summary>
    [Fact]
    public void It_can_be_taken_off_and_survives_a_step_that_fails()
    {
        (Trainer trainer, StepProfile profile) = Profiled(Create());
        trainer.Step(_inputs, _labels);
        _inputs[0] = float.NaN;
        Assert.Throws<DivergenceException>(() => trainer.Step(_inputs, _labels));
        Assert.Equal(1, profile.Steps);

        _inputs[0] = 0;
        trainer.Profile = null;
        double seconds = profile.Seconds;
        trainer.Step(_inputs, _labels);
        Assert.Equal((1, seconds), (profile.Steps, profile.Seconds));

        Thread.Sleep(100);
        trainer.Profile = profile;
        trainer.Step(_inputs, _labels);
        Assert.Equal(2, profile.Steps);
        Assert.InRange(profile.Seconds, seconds, seconds + 0.1);
    }

    private static Network Create() => new(
        Shape.Image(1, Side, Side),
        new Conv2D(2, kernel: 3, padding: 1), new ReLU(),
        new Residual(new Conv2D(2, kernel: 3, padding: 1), new BatchNorm()) { Shortcut = [new Conv2D(2, kernel: 1)] },
        new Flatten(), new Dense(Classes));

    private static (Trainer Trainer, StepProfile Profile) Profiled(Network network)
    {
        StepProfile profile = new();
        return (new(network, new SoftmaxCrossEntropy(), new Adam(), Samples) { Profile = profile }, profile);
    }
}
