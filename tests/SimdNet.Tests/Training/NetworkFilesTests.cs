using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Persistence;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public sealed class NetworkFilesTests : IDisposable
{
    private const string Architecture =
        """{"input":[1,2,3],"layers":[{"kind":"Flatten"},{"kind":"Dense","units":4},{"kind":"ReLU"},{"kind":"Dense","units":2}]}""";

    private readonly TemporaryFolder _folder = new();
    private readonly Network _network = new(Shape.Image(1, 2, 3), seed: 9, new Flatten(), new Dense(4), new ReLU(), new Dense(2));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_saved_network_comes_back_with_every_bit()
    {
        string path = _folder.File("model.safetensors");
        _network.Save(path);

        Network loaded = Network.Load(path);

        Assert.Equal(_network.Input, loaded.Input);
        Assert.Equal(_network.Layers.Select(layer => layer.GetType()), loaded.Layers.Select(layer => layer.GetType()));
        Assert.Equal(Widths.Bits(_network.ParameterSpan), Widths.Bits(loaded.ParameterSpan));
        loaded.Save(_folder.File("again.safetensors"));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_folder.File("again.safetensors")));
        Assert.Equal(["again.safetensors", "model.safetensors"], _folder.Names());
    }

    [Fact]
    public void The_file_has_the_names_and_layouts_of_PyTorch_and_the_architecture_in_its_metadata()
    {
        string path = _folder.File("model.safetensors");
        _network.Save(path);

        SafetensorsFile file = SafetensorsFile.Read(path);

        Assert.Equal(["1.weight", "1.bias", "3.weight", "3.bias"], file.Names);
        Assert.Equal([4, 6], file.Shape("1.weight").ToArray());
        Assert.Equal([2], file.Shape("3.bias").ToArray());
        Assert.Equal(Architecture, file.Metadata["architecture"]);
    }

    [Fact]
    public void Parameters_from_elsewhere_are_taken_and_seen_by_a_predictor()
    {
        string path = Write(Tensors());
        Predictor predictor = _network.CreatePredictor(1);
        predictor.Predict(new float[6]);

        _network.LoadParameters(path);

        Assert.All(_network.Parameter("3.weight").ToArray(), value => Assert.Equal(0.5f, value));
        Assert.Equal([1.5f, 1.5f], predictor.Predict(new float[6]).ToArray()); // 4·½·½ + ½
    }

    [Theory]
    [InlineData("missing", "missing tensors: 3.bias; tensors that the network does not have: none.")]
    [InlineData("extra", "missing tensors: none; tensors that the network does not have: 4.weight.")]
    [InlineData("renamed", "missing tensors: 3.bias; tensors that the network does not have: 3.BIAS.")]
    [InlineData("transposed", "tensor '1.weight' has the shape [6, 4], expected [4, 6].")]
    [InlineData("flat", "tensor '1.weight' has the shape [24], expected [4, 6].")]
    [InlineData("integers", "tensor '3.bias' holds I32, expected F32.")]
    public void A_file_of_another_network_is_refused_and_nothing_changes(string fault, string message)
    {
        List<NamedTensor> tensors = Tensors();
        switch (fault)
        {
            case "missing":
                tensors.RemoveAt(3);
                break;
            case "extra":
                tensors.Add(Tensor("4.weight", 1));
                break;
            case "renamed":
                tensors[3] = Tensor("3.BIAS", 2);
                break;
            case "transposed":
                tensors[0] = Tensor("1.weight", 6, 4);
                break;
            case "flat":
                tensors[0] = Tensor("1.weight", 24);
                break;
        }

        string path = Write(tensors);
        if (fault == "integers")
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes.AsSpan(bytes.AsSpan().LastIndexOf("F32"u8), 3)[0] = (byte)'I';
            File.WriteAllBytes(path, bytes);
        }

        float[] before = _network.ParameterSpan.ToArray();
        long version = _network.Version;
        Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() => _network.LoadParameters(path)).Message);
        Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() => Network.Load(path)).Message);
        Assert.Equal(before, _network.ParameterSpan.ToArray());
        Assert.Equal(version, _network.Version);
    }

    [Theory]
    [InlineData("""{"layers":[]}""", "at 'input': ")]
    [InlineData("""{"input":[]}""", "at 'input': 'Rank' is 0, expected 1 to 4.")]
    [InlineData("""{"input":[0],"layers":[]}""", "at 'input': 'dimensions' is 0, expected 1 or more.")]
    [InlineData("""{"input":[1.5],"layers":[]}""", "at 'input': ")]
    [InlineData("""{"input":[6]}""", "at 'layers': ")]
    [InlineData("""{"input":[6],"layers":[]}""", "at 'layers': 'layers.Length' is 0, expected 1 or more.")]
    [InlineData("""{"input":[6],"layers":[{"kind":"ReLU"},{"kind":"Dens","units":4}]}""", """at layer 1, {"kind":"Dens","units":4}: """)]
    [InlineData("""{"input":[6],"layers":[{"kind":"Dense"}]}""", """at layer 0, {"kind":"Dense"}: """)]
    [InlineData("""{"input":[6],"layers":[{"kind":"Dense","units":"4"}]}""", """at layer 0, {"kind":"Dense","units":"4"}: """)]
    [InlineData("""{"input":[6],"layers":[{"kind":"Dense","units":0}]}""", """at layer 0, {"kind":"Dense","units":0}: 'units' is 0, expected 1 or more.""")]
    [InlineData("""{"input":[6],"layers":[7]}""", "at layer 0, 7: ")]
    [InlineData("""{"input":[2,3],"layers":[{"kind":"Dense","units":4}]}""", "at 'layers': Dense(2 × 3 → 4): 'input' has the shape 2 × 3")]
    [InlineData("no JSON", "at 'input': ")]
    public void An_architecture_that_cannot_be_is_named(string architecture, string place)
    {
        string path = Write(Tensors(), architecture);
        Assert.StartsWith(
            $"{path}: its architecture cannot be read {place}",
            Assert.Throws<InvalidDataException>(() => Network.Load(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_the_file_only_claims_take_no_memory()
    {
        string path = Write(Tensors(), Architecture.Replace("\"units\":4", "\"units\":100000000", StringComparison.Ordinal));
        long before = GC.GetTotalAllocatedBytes();
        string message = Assert.Throws<InvalidDataException>(() => Network.Load(path)).Message;
        Assert.EndsWith("tensor '1.weight' has the shape [4, 6], expected [100000000, 6].", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100_000_000);
    }

    [Fact]
    public void A_file_without_an_architecture_says_so()
    {
        string path = _folder.File("plain.safetensors");
        SafetensorsFile.Write(path, new Dictionary<string, string>(), Tensors());
        string message = Assert.Throws<InvalidDataException>(() => Network.Load(path)).Message;
        Assert.StartsWith($"{path}: its metadata have no 'architecture'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_left()
    {
        Assert.Throws<DirectoryNotFoundException>(() => _network.Save(Path.Combine(_folder.Path, "absent", "model.safetensors")));
        Assert.Empty(_folder.Names());
    }

    private static NamedTensor Tensor(string name, params int[] shape)
    {
        float[] values = new float[shape.Aggregate((a, b) => a * b)];
        Array.Fill(values, 0.5f);
        return new(name, shape, values);
    }

    private static List<NamedTensor> Tensors() =>
        [Tensor("1.weight", 4, 6), Tensor("1.bias", 4), Tensor("3.weight", 2, 4), Tensor("3.bias", 2)];

    private string Write(List<NamedTensor> tensors, string architecture = Architecture)
    {
        string path = _folder.File("other.safetensors");
        SafetensorsFile.Write(path, new Dictionary<string, string> { ["architecture"] = architecture }, tensors);
        return path;
    }
}
