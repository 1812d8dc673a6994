using System.Text.Json;
using System.Text.RegularExpressions;
using SimdNet.Cli;
using SimdNet.Simd;
using SimdNet.Tests.Data;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Cli;

[Collection(nameof(Alone))]
public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = WorkerTeam.Size;
    private readonly string _data, _output;

    public TrainCommandTests() => (_data, _output) = (TinySet.Write(_folder.File("data")), _folder.File("output"));

    public void Dispose()
    {
        WorkerTeam.Size = _threads;
        _folder.Dispose();
    }

    [Fact]
    public void WritesWhatItMeasured()
    {
        CommandLine train = Train("--epochs", "3", "--threads", "2");
        Assert.Equal((0, ""), (train.ExitCode, train.Error));
        Assert.Equal(["metrics.json", "model.safetensors"], Directory.GetFiles(_output).Select(Path.GetFileName).Order());

        using JsonDocument document = Metrics();
        JsonElement metrics = document.RootElement, epochs = metrics.GetProperty("epochs");
        Assert.Equal(
            ["model", "parameterCount", "epochs", "testAccuracy", "trainSeconds", "bytesAllocatedPerStep", "peakMemoryBytes", "threads", "simd"],
            metrics.EnumerateObject().Select(property => property.Name));
        Assert.Equal("mlp", metrics.GetProperty("model").GetString());
        Assert.Equal((16 * 8) + 8 + (8 * 3) + 3, metrics.GetProperty("parameterCount").GetInt64());
        Assert.Equal(2, metrics.GetProperty("threads").GetInt32());
        Assert.Equal(SimdWidth.Name, metrics.GetProperty("simd").GetString());
        Assert.InRange(metrics.GetProperty("peakMemoryBytes").GetInt64(), Environment.WorkingSet / 2, 1L << 36); // it once held what it holds

        Assert.Equal([1, 2, 3], epochs.EnumerateArray().Select(epoch => epoch.GetProperty("epoch").GetInt32()));
        Assert.All(epochs.EnumerateArray(), epoch => Assert.Equal(
            ["epoch", "loss", "testAccuracy", "seconds"], epoch.EnumerateObject().Select(property => property.Name)));
        Assert.True(epochs[2].GetProperty("loss").GetDouble() < epochs[0].GetProperty("loss").GetDouble());
        Assert.Equal(epochs[2].GetProperty("testAccuracy").GetDouble(), metrics.GetProperty("testAccuracy").GetDouble());
        double seconds = epochs.EnumerateArray().Sum(epoch => epoch.GetProperty("seconds").GetDouble());
        Assert.Equal(seconds, metrics.GetProperty("trainSeconds").GetDouble(), 1e-9);
        Assert.True(seconds > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AllocatesNothingPerStep(bool live)
    {
        // The test runner's own threads may allocate meanwhile; steps that allocate would do so in every attempt.
        double least = double.MaxValue;
        for (int attempt = 0; attempt < 10 && least > 0; attempt++)
        {
            Assert.Equal(0, Train(live, CancellationToken.None, "--epochs", "5", "--threads", "2").ExitCode);
            using JsonDocument metrics = Metrics();
            least = Math.Min(least, metrics.RootElement.GetProperty("bytesAllocatedPerStep").GetDouble());
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void LearnsWhatCanBeLearnt()
    {
        Train("--epochs", "40", "--learning-rate", "0.01");
        using JsonDocument metrics = Metrics();
        Assert.Equal(1, metrics.RootElement.GetProperty("testAccuracy").GetDouble());
    }

    [Theory]
    [InlineData("cnn", 10)]
    [InlineData("lenet5", 10)]
    [InlineData("resnet", 10)]
    public void EveryNamedModelLearns(string model, int epochs)
    {
        TinySet.Write(_data, width: 12, height: 12);
        CommandLine train = Train("--model", model, "--epochs", $"{epochs}", "--learning-rate", "0.003");
        Assert.Equal((0, ""), (train.ExitCode, train.Error));
        using JsonDocument metrics = Metrics();
        Assert.Equal(model, metrics.RootElement.GetProperty("model").GetString());
        Assert.InRange(metrics.RootElement.GetProperty("testAccuracy").GetDouble(), 0.9, 1);
    }

    [Fact]
    public void TakesACnnAndWhatSuitsItWhenNothingIsNamed()
    {
        TinySet.Write(_data, width: 6, height: 6);
        CommandLine train = CommandLine.Run("train", "--data", _data, "--output", _output, "--batch", "60");
        Recipe usual = Models.Recipe("cnn");
        Assert.Matches($"^cnn of .* batches of 60, Adam up to {usual.LearningRate},", train.Output);
        using JsonDocument metrics = Metrics();
        Assert.Equal(usual.Epochs, metrics.RootElement.GetProperty("epochs").GetArrayLength());
    }

    [Fact]
    public void TrainsOnCifar()
    {
        string folder = Directory.CreateDirectory(_folder.File("cifar")).FullName;
        foreach (string name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
        {
            File.WriteAllBytes(Path.Combine(folder, $"{name}.bin"), CifarDatasetTests.Records(4, labelBytes: 1, classes: 10, seed: 1));
        }

        CommandLine train = Train("--data", folder, "--model", "resnet");
        Assert.Equal((0, ""), (train.ExitCode, train.Error));
        Assert.Contains("3 × 32 × 32 → 10; 20 samples to learn from, 4 to test with", train.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void SameSeedSameBitsWhateverTheThreads()
    {
        Train("--threads", "1", "--seed", "7");
        byte[] one = File.ReadAllBytes(Path.Combine(_output, "model.safetensors"));
        Train("--threads", "3", "--seed", "7");
        byte[] three = File.ReadAllBytes(Path.Combine(_output, "model.safetensors"));
        Train("--seed", "8");
        byte[] other = File.ReadAllBytes(Path.Combine(_output, "model.safetensors"));
        Assert.Equal(one, three);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void TakesSizesAndClassesFromTheData()
    {
        TinySet.Write(_data, classes: 4, width: 5);
        Train("--hidden", "6,7");
        using JsonDocument metrics = Metrics();
        Assert.Equal((20 * 6) + 6 + (6 * 7) + 7 + (7 * 4) + 4, metrics.RootElement.GetProperty("parameterCount").GetInt64());
    }

    [Fact]
    public void HasTwoHiddenLayersOf512WhenNoneAreNamed()
    {
        CommandLine.Run("train", "--model", "mlp", "--data", _data, "--output", _output, "--epochs", "1", "--batch", "60");
        using JsonDocument metrics = Metrics();
        Assert.Equal((16 * 512) + 512 + (512 * 512) + 512 + (512 * 3) + 3, metrics.RootElement.GetProperty("parameterCount").GetInt64());
    }

    [Fact]
    public void WritesPlainLinesIntoAPipe()
    {
        string[] lines = Train("--epochs", "2").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(lines, line => line.Contains('\e', StringComparison.Ordinal));
        Assert.Matches(@"^mlp of 163 parameters, 1 × 4 × 4 → 3; 60 samples to learn from, 30 to test with; batches of 8,", lines[0]);
        Assert.Matches(@"^epoch 1/2  loss \d\.\d{4}  test accuracy \d+\.\d\d %  \d+\.\d\d s$", lines[1]);
        Assert.Matches(@"^epoch 2/2  ", lines[2]);
        Assert.Matches(@"^test accuracy \d+\.\d\d % after ", lines[3]);
        Assert.Equal(5, lines.Length);
    }

    [Fact]
    public void DrawsATableOnATerminal()
    {
        CommandLine train = Train(live: true, CancellationToken.None, "--epochs", "2");
        Assert.Equal((0, ""), (train.ExitCode, train.Error));
        Assert.Contains("\e[", train.Output, StringComparison.Ordinal);
        using JsonDocument metrics = Metrics();
        foreach (JsonElement epoch in metrics.RootElement.GetProperty("epochs").EnumerateArray())
        {
            string row = $@"│\s+{epoch.GetProperty("epoch")}\s+│\s+{epoch.GetProperty("loss").GetDouble():F4}\s+│";
            Assert.Matches(row, train.Output);
        }
    }

    [Fact]
    public void StopsWhenInterrupted()
    {
        CommandLine train = Train(live: false, new CancellationToken(canceled: true));
        Assert.Equal(Program.Interrupted, train.ExitCode);
        Assert.Contains("Interrupted", train.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_output));
    }

    [Fact]
    public void GivesUpWhenTheLossIsNoNumber()
    {
        CommandLine train = Train("--learning-rate", "3e38", "--epochs", "9");
        Assert.Equal(Program.Failed, train.ExitCode);
        Assert.Matches(new Regex(@"^The loss is .* at step \d+: .* --learning-rate is 3E\+38, try less\.\n$"), train.Error);
        Assert.Empty(Directory.GetFiles(_output));
    }

    [Fact]
    public void RefusesABatchBeyondTheData()
    {
        Train("--batch", "61").AssertRefused(Program.Failed, "--batch is 61, expected at most 60, all training samples.");
        Assert.False(Path.Exists(_output));
    }

    [Fact]
    public void RefusesANetworkBeyondMemory()
    {
        Train("--hidden", "2000000000,2000000000").AssertRefused(Program.Failed, "2000000000");
        Assert.False(Path.Exists(_output));
    }

    [Fact]
    public void RefusesAnOutputThatIsAFile()
    {
        File.WriteAllText(_output, "mine");
        Train().AssertRefused(Program.Failed, $"--output is '{_output}', expected a folder that can be written: ");
        Assert.Equal("mine", File.ReadAllText(_output));
    }

    [Fact]
    public void RefusesAnOutputBelowAFile()
    {
        string file = _folder.File("file", []);
        string output = Path.Combine(file, "below");
        Train("--output", output).AssertRefused(Program.Failed, $"--output is '{output}', expected");
    }

    [Fact]
    public void RefusesAFolderInAFilesPlace()
    {
        string model = Directory.CreateDirectory(Path.Combine(_output, "model.safetensors")).FullName;
        Train().AssertRefused(Program.Failed, $"'{model}' is a folder");
        Assert.Equal([model], Directory.GetFileSystemEntries(_output));
    }

    [Fact]
    public void RefusesAMissingFolder()
    {
        Directory.Delete(_data, recursive: true);
        Train().AssertRefused(Program.Failed, $"--data is '{_data}', expected a folder: there is none of that name.");
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "missing", "train-images-idx3-ubyte")]
    [InlineData("train-images-idx3-ubyte", "empty", "it holds 0 bytes")]
    [InlineData("train-images-idx3-ubyte", "truncated", "truncated")]
    [InlineData("t10k-labels-idx1-ubyte", "truncated", "truncated")]
    [InlineData("train-images-idx3-ubyte", "labels", "expected images: 3 or 4")]
    [InlineData("train-labels-idx1-ubyte", "fewer", "it holds 60 images, but")]
    [InlineData("t10k-labels-idx1-ubyte", "foreign", "label 0 is 9, expected 0 to 2 (3 classes)")]
    public void RefusesWrongData(string name, string fault, string message)
    {
        string file = Path.Combine(_data, name);
        byte[] bytes = File.ReadAllBytes(file);
        File.Delete(file);
        byte[]? wrong = fault switch
        {
            "missing" => null,
            "empty" => [],
            "truncated" => bytes[..^1],
            "labels" => IdxBytes.Of([TinySet.Train], new byte[TinySet.Train]),
            "fewer" => IdxBytes.Of([TinySet.Train - 1], new byte[TinySet.Train - 1]),
            _ => IdxBytes.Of([TinySet.Test], [.. Enumerable.Repeat((byte)9, TinySet.Test)]),
        };
        if (wrong is not null)
        {
            File.WriteAllBytes(file, wrong);
        }

        CommandLine train = Train();
        train.AssertRefused(Program.Failed, message);
        Assert.Contains(_data, train.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(_output));
    }

    private CommandLine Train(params string[] options) => Train(live: false, CancellationToken.None, options);

    /// <summary>Trains a small network on small batches; what <paramref name="options"/> say of either counts.</summary>
    private CommandLine Train(bool live, CancellationToken interrupt, params string[] options)
    {
        string[] defaults = ["--model", "mlp", "--data", _data, "--output", _output, "--epochs", "1", "--batch", "8", "--hidden", "8"];
        IEnumerable<string> kept = defaults.Chunk(2).Where(pair => !options.Contains(pair[0])).SelectMany(pair => pair);
        return CommandLine.Run(live, interrupt, ["train", .. kept, .. options]);
    }

    private JsonDocument Metrics() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_output, "metrics.json")));
}
