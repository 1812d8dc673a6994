using SimdNet.Memory;
using SimdNet.Persistence;

namespace SimdNet.Training;

/// <content>A network as a safetensors file: the parameters under their names, the architecture as JSON in the metadata.</content>
public sealed partial class Network
{
    private const string ArchitectureKey = "architecture";

    /// <summary>Writes the network; the file is replaced whole or not at all. How parameters began is not part of it.</summary>
    /// <param name="path">The file, by custom <c>*.safetensors</c>.</param>
    /// <exception cref="IOException">The file cannot be written; what was at <paramref name="path"/> is still there.</exception>
    public void Save(string path) => SafetensorsFile.Write(
        path,
        new Dictionary<string, string> { [ArchitectureKey] = Architecture.Write(Plan) },
        [.. Parameters.Select(window =>
            new NamedTensor(window.Name, window.Shape.ToArray(), _parameters.Memory.Slice(window.Offset, window.Length)))]);

    /// <summary>Makes the network that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no such network; the message names file, tensor and numbers.</exception>
    public static Network Load(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        if (!file.Metadata.TryGetValue(ArchitectureKey, out string? architecture))
        {
            Throw.InvalidData(path, $"its metadata have no '{ArchitectureKey}': load it into a network that you have made.");
        }

        Plan plan = Architecture.Read(path, architecture);
        Check(path, file, plan); // before a buffer is made, whose size the file alone would decide
        Network network = new(plan);
        network.CopyFrom(file);
        return network;
    }

    /// <summary>Takes the parameters from a file, whoever wrote it; its metadata are not looked at.</summary>
    /// <param name="path">The file: exactly this network's names and shapes, as float32.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, too many, or of another shape or type; nothing has changed.</exception>
    public void LoadParameters(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        Check(path, file, Plan);
        CopyFrom(file);
    }

    private static void Check(string path, SafetensorsFile file, Plan plan)
    {
        string[] expected = [.. plan.Parameters.Select(window => window.Name)];
        string[] missing = [.. expected.Except(file.Names)], extra = [.. file.Names.Except(expected)];
        if (missing.Length + extra.Length > 0)
        {
            Throw.Tensors(path, missing, extra);
        }

        foreach (Window window in plan.Parameters)
        {
            ReadOnlySpan<int> shape = file.Shape(window.Name);
            if (!shape.SequenceEqual(window.Shape.ToArray()))
            {
                Throw.TensorShape(path, window.Name, shape, window.Shape.ToArray());
            }

            string type = file.DataType(window.Name);
            if (type != SafetensorsHeader.Float32)
            {
                Throw.InvalidData(path, $"tensor '{window.Name}' holds {type}, expected {SafetensorsHeader.Float32}.");
            }
        }
    }

    private void CopyFrom(SafetensorsFile file)
    {
        foreach (Window window in Parameters)
        {
            file.CopyTo(window.Name, window.Of(_parameters.Span));
        }

        MarkChanged();
    }
}
