using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Start;

/// <summary>
/// What a process does that suite <c>start</c> measures: with a network that lies in a file, one prediction, printed on one line. Each way is a
/// method of its own, so that the process loads nothing of the others.
/// </summary>
internal static class FirstAnswer
{
    /// <summary>The first argument of such a process.</summary>
    public const string Command = "first-answer";

    /// <summary>SimdNet, as it stands in the results.</summary>
    public const string Ours = "SimdNet";

    /// <summary>In place of a contestant: the process ends at once.</summary>
    public const string Nobody = "nobody";

    /// <summary>Whether the process is one of these.</summary>
    public static bool IsAskedFor(string[] args) => args is [Command, ..];

    /// <summary>Predicts and prints.</summary>
    /// <param name="args">The command, the contestant, the folder, the network's name, the threads.</param>
    /// <returns>The exit code.</returns>
    public static int Print(string[] args)
    {
        StartFiles files = new(args[2]);
        float[] outputs = args[1] switch
        {
            Ours => OfSimdNet(files),
            Torch.Name => OfLibTorch(files, args[3], int.Parse(args[4], CultureInfo.InvariantCulture)),
            OnnxRuntime.Name => OfOnnxRuntime(files, int.Parse(args[4], CultureInfo.InvariantCulture)),
            _ => [],
        };
        Console.WriteLine(string.Join(' ', outputs.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    /// <summary>As SimdNet.Start has it; the threads are those of the environment.</summary>
    private static float[] OfSimdNet(StartFiles files) =>
        Network.Load(files.Safetensors).CreatePredictor(maxBatch: 1).Predict(ReadSample(files)).ToArray();

    private static float[] OfLibTorch(StartFiles files, string name, int threads)
    {
        LibTorch.Load(threads);
        Net net = Catalog.Named[name]();
        using Module module = net.Parts.ToModule(net.Input);
        module.load(files.Torch);
        module.eval();
        using IDisposable inference = torch.inference_mode();
        using torch.Tensor x = torch.tensor(ReadSample(files), net.BatchShape(1)), y = module.forward(x);
        return Torch.Values(y);
    }

    private static float[] OfOnnxRuntime(StartFiles files, int threads)
    {
        using SessionOptions options = new() { IntraOpNumThreads = threads };
        using InferenceSession session = new(files.Onnx, options);
        using RunOptions run = new();
        (string input, NodeMetadata metadata) = session.InputMetadata.Single();
        long[] shape = Array.ConvertAll(metadata.Dimensions, size => (long)size);
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(ReadSample(files), shape);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [input], [x], session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] ReadSample(StartFiles files) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(files.Sample)).ToArray();
}
