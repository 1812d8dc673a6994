using System.CommandLine;
using SimdNet.Data;
using SimdNet.Threading;

namespace SimdNet.Cli.Commands;

/// <summary><c>simdnet train</c>: from files of images to <c>model.safetensors</c> and <c>metrics.json</c>.</summary>
internal static class TrainCommand
{
    private const string BySuit = "Without it: what suits the model.";

    public static Command Create(Terminal terminal, CancellationToken interrupt)
    {
        Option<string> data = Options.Data();
        Option<string> output = new("--output")
        {
            Description = "The folder for model.safetensors and metrics.json; made if there is none.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "simdnet-output",
        };
        Option<string> model = Options.Word("--model", "The network.", Models.Default, Models.Names);
        Option<int[]> hidden = Options.Hidden();
        Option<int> epochs = Options.Integer("--epochs", $"Walks through the training samples. {BySuit}", null, 1, 100_000);
        Option<int> batch = Options.Integer("--batch", $"Samples per step. {BySuit}", null, 1, 1 << 20);
        Option<float> rate = Options.Number<float>(
            "--learning-rate",
            $"Adam's step size where it is highest; it rises to there, and falls to 0. {BySuit}",
            null,
            value => value > 0 && float.IsFinite(value),
            "a finite number above 0");
        Option<long> seed = Options.Number<long>("--seed", "The same seed gives the same bits.", 42, _ => true, "a whole number of 64 bits");
        Option<int> threads = Options.Threads();

        Command command = new("train", "Trains a network to classify images.")
        {
            data, output, model, hidden, epochs, batch, rate, seed, threads,
        };
        command.SetAction(parsed =>
        {
            WorkerTeam.Size = parsed.GetValue(threads);
            string name = parsed.GetRequiredValue(model);
            Recipe usual = Models.Recipe(name);
            Recipe recipe = new(Given(epochs, usual.Epochs), Given(batch, usual.BatchSize), Given(rate, usual.LearningRate));
            TrainingSettings settings = new(name, Options.HiddenOf(parsed, hidden), recipe, parsed.GetValue(seed));
            Train(parsed.GetRequiredValue(data), settings, parsed.GetRequiredValue(output), terminal, interrupt);

            T Given<T>(Option<T> option, T otherwise) => parsed.GetResult(option) is null ? otherwise : parsed.GetRequiredValue(option);
        });
        return command;
    }

    private static void Train(string data, TrainingSettings settings, string output, Terminal terminal, CancellationToken interrupt)
    {
        (Dataset train, Dataset test) = Options.Open(data);
        TrainingRun run = new(train, test, settings);
        OutputFolder folder = OutputFolder.Prepare(output);
        Metrics metrics = TrainingView.For(run, terminal).Watch(interrupt);
        interrupt.ThrowIfCancellationRequested();
        run.Network.Save(folder.Model);
        metrics.Save(folder.Metrics);

        terminal.WriteLine(
            $"test accuracy {metrics.TestAccuracy:P2} after {metrics.TrainSeconds:F2} s of training, " +
            $"{metrics.BytesAllocatedPerStep:0.###} bytes allocated per step, {metrics.PeakMemoryBytes / 1e6:F0} MB of memory at the most");
        terminal.WriteLine($"saved {folder.Model} and {folder.Metrics}");
    }
}
