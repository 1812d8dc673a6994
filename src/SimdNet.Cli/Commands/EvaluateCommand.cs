using System.CommandLine;
using SimdNet.Data;
using SimdNet.Memory;
using SimdNet.Threading;
using SimdNet.Training;

namespace SimdNet.Cli.Commands;

/// <summary><c>simdnet evaluate MODEL</c>: what a saved network makes of a test set.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = new("MODEL") { Description = "A file that train has saved." };
        Option<string> data = Options.Data();
        Option<int> threads = Options.Threads();
        Command command = new("evaluate", "Classifies the test images and counts what is right.") { model, data, threads };
        command.SetAction(parsed =>
        {
            WorkerTeam.Size = parsed.GetValue(threads);
            Evaluate(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), terminal);
        });
        return command;
    }

    private static void Evaluate(string model, string folder, Terminal terminal)
    {
        Network network = Network.Load(model);
        Dataset test = Options.Open(folder).Test;
        CheckFit(network, model, test, folder);
        Evaluation.Of(network, test); // the first pass compiles what the second is timed by
        Evaluation evaluation = Evaluation.Of(network, test);

        terminal.WriteLine($"test accuracy {evaluation.Accuracy:P2}, loss {evaluation.Loss:F4}, of {test.Count} samples");
        terminal.WriteLine($"{evaluation.PredictionsPerSecond:F0} predictions/s");
        terminal.WriteLine($"{"class",8}{"samples",10}{"right",10}  most often taken for");
        for (int label = 0; label < evaluation.Classes; label++)
        {
            terminal.WriteLine(Describe(evaluation, label));
        }
    }

    private static string Describe(Evaluation evaluation, int label)
    {
        int samples = evaluation.Count(label), confusion = evaluation.Confusion(label), confused = evaluation.Count(label, confusion);
        string right = samples == 0 ? "-" : $"{(double)evaluation.Count(label, label) / samples:P2}";
        string wrong = confused == 0 ? "-" : $"{confusion}, {confused} times";
        return $"{label,8}{samples,10}{right,10}  {wrong}";
    }

    private static void CheckFit(Network network, string model, Dataset data, string folder)
    {
        Shape image = Models.ImageShape(data), output = Shape.Vector(data.Classes);
        if (network.Input != image && network.Input != Shape.Vector(image.Length))
        {
            throw new InvalidDataException($"{model} takes inputs of {network.Input}, but {folder} has images of {image}.");
        }

        if (network.Output != output)
        {
            throw new InvalidDataException($"{model} gives outputs of {network.Output}, but {folder} has {data.Classes} classes.");
        }
    }
}
