using System.CommandLine;
using SimdNet.Threading;

namespace SimdNet.Cli.Commands;

/// <summary><c>simdnet train</c>: from IDX files to <c>model.safetensors</c> and <c>metrics.json</c>.</summary>
internal static class TrainCommand
{
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
        Option<int> epochs = Options.Integer("--epochs", "Walks through the training samples. Without it: what suits the model.", 1, 1, 100_000);
        epochs.DefaultValueFactory = null;
        Option<int> batch = Options.Integer("--batch", "Samples per step.", 128, 1, 1 << 20);
        Option<float> rate = Options.Number(
            "--learning-rate",
            "Adam's step size in the first epoch; it falls in a line.",
            1e-3f,
            value => value > 0 && float.IsFinite(value),
            "a finite number above 0");
        Option<long> seed = Options.Number("--seed", "The same seed gives the same bits.", 42L, _ => true, "a whole number of 64 bits");
        Option<int> threads = Options.Threads();

        Command command = new("train", "Trains a network to classify images.")
        {
            data, output, model, hidden, epochs, batch, rate, seed, threads,
        };
        command.SetAction(parsed =>
        {
            WorkerTeam.Size = parsed.GetValue(threads);
            string name = parsed.GetRequiredValue(model);
            TrainingSettings settings = new(
                name,
                Options.HiddenOf(parsed, hidden),
                parsed.GetResult(epochs) is null ? Models.Epochs(name) : parsed.GetValue(epochs),
                parsed.GetValue(batch),
                parsed.GetValue(rate),
                parsed.GetValue(seed));
            Train(parsed.GetRequiredValue(data), settings, parsed.GetRequiredValue(output), terminal, interrupt);
        });
        return command;
    }

    private static void Train(string data, TrainingSettings settings, string output, Terminal terminal, CancellationToken interrupt)
    {
        TrainingRun run = new(Options.Open(data), settings);
        OutputFolder folder = OutputFolder.Prepare(output);
        Metrics metrics = TrainingView.For(run, terminal).Watch(interrupt);
        interrupt.ThrowIfCancellationRequested();
        run.Network.Save(folder.Model);
        metrics.Save(folder.Metrics);

        terminal.WriteLine(
            $"test accuracy {metrics.TestAccuracy:P2} after {metrics.TrainSeconds:F2} s of training, " +
            $"{metrics.BytesAllocatedPerStep:0.###} bytes allocated per step");
        terminal.WriteLine($"saved {folder.Model} and {folder.Metrics}");
    }
}
