using System.Collections.ObjectModel;
using System.Text.Json;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Persistence;

namespace SimdNet.Training;

/// <content>A network as a safetensors file: the parameters under their names, the architecture as JSON in the metadata.</content>
public sealed partial class Network
{
    private const string ArchitectureKey = "architecture";

    /// <summary>PyTorch counts the batches that a batch normalisation has seen; nothing here depends on it.</summary>
    private const string PyTorchsCounter = ".num_batches_tracked";

    /// <summary>Writes the network; the file is replaced whole or not at all. How parameters began is not part of it.</summary>
    /// <param name="path">The file, by custom <c>*.safetensors</c>.</param>
    /// <exception cref="IOException">The file cannot be written; what was at <paramref name="path"/> is still there.</exception>
    public void Save(string path) => SafetensorsFile.Write(
        path,
        new Dictionary<string, string> { [ArchitectureKey] = Architecture.Write(Chain) },
        [.. _windows.Select(window =>
            new NamedTensor(window.Name, window.Shape.ToArray(), _parameters.Memory.Slice(window.Offset, window.Length)))]);

    /// <summary>Makes the network that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ownKinds">
    /// How layers of your own are made from their JSON object, by the name of their class; none are needed for the library's.
    /// </param>
    /// <exception cref="InvalidDataException">The file is no such network; the message names file, tensor and numbers.</exception>
    public static Network Load(string path, IReadOnlyDictionary<string, Func<JsonElement, Layer>>? ownKinds = null)
    {
        using FileStream file = File.OpenRead(path);
        Stream stream = SafetensorsFile.Seekable(file);
        SafetensorsHeader header = SafetensorsFile.ReadHeader(stream, path);
        if (!header.Metadata.TryGetValue(ArchitectureKey, out string? architecture))
        {
            Throw.InvalidData(path, $"its metadata have no '{ArchitectureKey}': load it into a network that you have made.");
        }

        Chain chain = Architecture.Read(path, architecture, ownKinds ?? ReadOnlyDictionary<string, Func<JsonElement, Layer>>.Empty);
        Check(path, header, chain); // before a buffer is made, whose size the file alone would decide
        Network network = new(chain);
        network.ReadParameters(stream, header);
        return network;
    }

    /// <summary>Takes the parameters from a file, whoever wrote it; its metadata are not looked at.</summary>
    /// <param name="path">The file: exactly this network's names and shapes, as float32.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, too many, or of another shape or type; nothing has changed.</exception>
    public void LoadParameters(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        Check(path, file.Header, Chain);
        CopyFrom(file);
    }

    private static void Check(string path, SafetensorsHeader header, Chain chain)
    {
        Dictionary<string, SafetensorsEntry> entries = header.Entries.ToDictionary(entry => entry.Name);
        string[] expected = [.. chain.Specs.Select(spec => spec.Name)];
        string[] missing = [.. expected.Except(entries.Keys)];
        string[] extra = [.. entries.Keys.Except(expected).Where(name => !name.EndsWith(PyTorchsCounter, StringComparison.Ordinal))];
        if (missing.Length + extra.Length > 0)
        {
            Throw.Tensors(path, missing, extra);
        }

        foreach (ParameterSpec spec in chain.Specs)
        {
            (_, string type, int[] shape, _, _) = entries[spec.Name];
            if (!shape.AsSpan().SequenceEqual(spec.Shape.ToArray()))
            {
                Throw.TensorShape(path, spec.Name, shape, spec.Shape.ToArray());
            }

            if (type != SafetensorsHeader.Float32)
            {
                Throw.InvalidData(path, $"tensor '{spec.Name}' holds {type}, expected {SafetensorsHeader.Float32}.");
            }
        }
    }

    /// <summary>
    /// Straight to where they belong: through arrays of <see cref="SafetensorsFile"/>, it took twice the time, and most of that for pages of
    /// memory that nobody had touched before.
    /// </summary>
    /// <param name="stream">Which stands where the data begin.</param>
    /// <param name="header">Which has been checked; its entries come in the order of their data.</param>
    private void ReadParameters(Stream stream, SafetensorsHeader header)
    {
        Dictionary<string, Window> windows = _windows.ToDictionary(window => window.Name);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            if (windows.TryGetValue(entry.Name, out Window? window))
            {
                LittleEndian.Read(stream, window.Of(_parameters.Span));
            }
            else
            {
                stream.Position += entry.End - entry.Begin;
            }
        }
    }

    private void CopyFrom(SafetensorsFile file)
    {
        foreach (Window window in _windows)
        {
            file.CopyTo(window.Name, window.Of(_parameters.Span));
        }

        MarkChanged();
    }
}
