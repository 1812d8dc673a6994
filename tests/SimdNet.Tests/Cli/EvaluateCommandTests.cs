using System.Text.RegularExpressions;
using SimdNet.Cli;
using Xunit;

namespace SimdNet.Tests.Cli;

[Collection(nameof(Alone))]
public sealed partial class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CommandLine _train;
    private readonly string _data, _model;

    public EvaluateCommandTests()
    {
        (_data, _model) = (TinySet.Write(_folder.File("data")), Path.Combine(_folder.Path, "model.safetensors"));
        _train = CommandLine.Run("train", "--model", "mlp", "--data", _data, "--output", _folder.Path, "--hidden", "4", "--epochs", "2", "--batch", "16");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GivesTheAccuracyThatTrainingGave()
    {
        CommandLine evaluate = CommandLine.Run("evaluate", _model, "--data", _data);
        Assert.Equal((0, ""), (evaluate.ExitCode, evaluate.Error));
        Assert.Equal(Accuracy().Matches(_train.Output)[^1].Value, Accuracy().Match(evaluate.Output).Value);
    }

    [Fact]
    public void CountsEachClass()
    {
        string[] lines = CommandLine.Run("evaluate", _model, "--data", _data).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@", loss \d\.\d{4}, of 30 samples$", lines[0]);
        Assert.Matches(@"^\d+ predictions/s$", lines[1]);
        Assert.Equal(3 + TinySet.Classes, lines.Length);
        Assert.All(lines[3..], line => Assert.Matches(@"^ +[012] +10 +\d+\.\d\d %  (-|[012], \d+ times)$", line));
    }

    [Fact]
    public void RefusesImagesOfAnotherSize()
    {
        string wide = TinySet.Write(_folder.File("wide"), width: 5);
        CommandLine.Run("evaluate", _model, "--data", wide)
            .AssertRefused(Program.Failed, $"{_model} takes inputs of 1 × 4 × 4, but {wide} has images of 1 × 4 × 5.");
    }

    [Fact]
    public void RefusesAnotherNumberOfClasses()
    {
        string more = TinySet.Write(_folder.File("more"), classes: 4);
        CommandLine.Run("evaluate", _model, "--data", more)
            .AssertRefused(Program.Failed, $"{_model} gives outputs of 3, but {more} has 4 classes.");
    }

    [Fact]
    public void RefusesAMissingModel() =>
        CommandLine.Run("evaluate", _folder.File("none"), "--data", _data).AssertRefused(Program.Failed, _folder.File("none"));

    [Fact]
    public void RefusesWhatIsNoModel()
    {
        string metrics = _folder.File("metrics.json");
        CommandLine.Run("evaluate", metrics, "--data", _data).AssertRefused(Program.Failed, metrics);
    }

    [Fact]
    public void RefusesATruncatedModel()
    {
        File.WriteAllBytes(_model, File.ReadAllBytes(_model)[..^1]);
        CommandLine.Run("evaluate", _model, "--data", _data).AssertRefused(Program.Failed, _model);
    }

    [GeneratedRegex(@"test accuracy \d+\.\d\d %")]
    private static partial Regex Accuracy();
}
