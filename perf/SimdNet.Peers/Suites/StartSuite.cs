using System.Runtime.InteropServices;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Peers.Start;
using SimdNet.Training;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Suites;

/// <summary>
/// From the start of a process to its first prediction, of one sample by a network that lies in a file: SimdNet compiled ahead of time and by
/// the JIT, the peers as .NET programs have them, by the JIT. A case is the name of a network.
/// </summary>
internal sealed class StartSuite : Suite
{
    private const int Starts = 11;
    private const double Tolerance = 1e-4; // as for predictions

    private readonly Dictionary<Case, (StartFiles Files, Child[] Children)> _starts = []; // ours, the peers, processes that do nothing
    private string _aheadOfTime = "";

    public override string Name => "start";

    public override string Unit => "starts/s";

    public override IReadOnlyList<string> DefaultCases { get; } = ["cnn", "lenet", "resnet"];

    protected override string Limit => "a process of ours that ends at once";

    public override string? Refuse(string caseName) => Catalog.Named.ContainsKey(caseName)
        ? null
        : $"'{caseName}' is no case of {Name}: expected one of {string.Join(", ", Catalog.Named.Keys)}.";

    /// <summary>The network compiled by the JIT; <see cref="Measure"/> adds the row of the other.</summary>
    public override Case Create(string caseName, int threads)
    {
        StartFiles files = new(Directory.CreateTempSubdirectory("simdnet-start-").FullName);
        Net net = Catalog.Named[caseName]();
        Save(net, files);
        string jit = Path.Combine(AppContext.BaseDirectory, "SimdNet.Peers");
        Child[] children =
        [
            new($"{FirstAnswer.Ours}, ahead of time", _aheadOfTime, threads, files.Safetensors, files.Sample), OfJit(FirstAnswer.Ours),
            OfJit(Torch.Name), OfJit(OnnxRuntime.Name), new(FirstAnswer.Nobody, _aheadOfTime, threads), OfJit(FirstAnswer.Nobody),
        ];
        Contestant[] contestants = Array.ConvertAll(children, child => new Contestant(child.Name, child.Time));
        Case made = new(caseName, Work: 1e9, contestants[0], contestants[1..^2], () => Check(children[..^2]), () => children[^1].Median);
        _starts.Add(made, (files, children));
        return made;

        Child OfJit(string who) => new(who, jit, threads, FirstAnswer.Command, who, files.Folder, caseName, $"{threads}");
    }

    public override IEnumerable<(Case Case, Measurement Measurement)> Measure(
        IReadOnlyList<Case> cases, int threads, Action<string> progress)
    {
        foreach (Case @case in cases)
        {
            (StartFiles files, Child[] children) = _starts[@case];
            progress(@case.Name);
            @case.CheckAnswers();
            for (int i = 0; i < Starts; i++)
            {
                Array.ForEach(i % 2 == 0 ? children : [.. children.Reverse()], child => child.Time());
            }

            Directory.Delete(files.Folder, recursive: true);

            (string, double)[] peers = [.. children[2..^2].Select(child => (child.Name, child.Median))];
            yield return Row("ahead of time", children[0], children[^2]);
            yield return Row("just in time", children[1], children[^1]);

            (Case, Measurement) Row(string how, Child ours, Child nobody)
            {
                Case row = @case with { Name = $"{@case.Name}, {how}" };
                return (row, Measurement.Of(Name, row.Name, threads, ours.Median, peers, nobody.Median));
            }
        }
    }

    protected override IEnumerable<string> LoadPeers(int threads)
    {
        _aheadOfTime = AheadOfTime.Publish();
        return [LibTorch.Load(threads), OnnxRuntime.Version, $"From the start of a process to its first answer, medians of {Starts} starts"];
    }

    private static void Save(Net net, StartFiles files)
    {
        Network network = net.ToNetwork();
        network.Save(files.Safetensors);
        File.WriteAllBytes(files.Onnx, net.ToOnnx(network, batch: 1));
        using Module module = net.ToModule(network);
        module.save(files.Torch);
        AlignedBuffer sample = RandomData.Floats(net.Input.Length, seed: 1);
        File.WriteAllBytes(files.Sample, MemoryMarshal.AsBytes(sample.Span).ToArray());
    }

    private static void Check(Child[] children)
    {
        float[] ours = children[0].Answer();
        foreach (Child child in children[1..])
        {
            Agreement.CheckNorm("output", child.Name, ours, child.Answer(), Tolerance);
        }
    }
}
