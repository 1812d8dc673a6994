using System.Buffers.Binary;

namespace SimdNet.Persistence;

/// <summary>
/// The safetensors file format: named tensors with a table of texts beside them, and nothing in it that runs. This is a codec: it knows
/// nothing about networks.
/// </summary>
/// <remarks>
/// Format: the header's length (8 bytes, little-endian), the header (JSON), the data. https://github.com/huggingface/safetensors#format.
/// </remarks>
public sealed partial class SafetensorsFile
{
    private readonly string _file;
    private readonly Dictionary<string, (SafetensorsEntry Entry, float[] Values)> _tensors;

    private SafetensorsFile(string file, SafetensorsHeader header, Stream data)
    {
        _file = file;
        Header = header;
        _tensors = header.Entries.ToDictionary(entry => entry.Name, entry => (entry, ReadValues(file, entry, data)));
        Names = Array.ConvertAll(header.Entries, entry => entry.Name);
    }

    internal SafetensorsHeader Header { get; }

    /// <summary>The texts that come with the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => Header.Metadata;

    /// <summary>The tensors' names, in the order of their data.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads a file whole: nothing stays open.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format; the message names file, tensor and numbers.</exception>
    public static SafetensorsFile Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads from where the stream stands to its end.</summary>
    /// <param name="stream">The bytes; one that cannot seek is copied into memory first.</param>
    /// <param name="name">How error messages call it.</param>
    /// <exception cref="InvalidDataException">The bytes break the format; the message names stream, tensor and numbers.</exception>
    public static SafetensorsFile Read(Stream stream, string name = "stream")
    {
        Stream data = Seekable(stream);
        return new(name, ReadHeader(data, name), data);
    }

    /// <summary>The stream itself or, if it cannot seek, what is left of it in memory.</summary>
    internal static Stream Seekable(Stream stream)
    {
        if (stream.CanSeek)
        {
            return stream;
        }

        MemoryStream copy = new();
        stream.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    /// <summary>Reads from where a stream that can seek stands to where the data begin.</summary>
    /// <exception cref="InvalidDataException">The bytes break the format; the message names stream, tensor and numbers.</exception>
    internal static SafetensorsHeader ReadHeader(Stream stream, string name)
    {
        byte[] json = ReadJson(stream, name);
        return SafetensorsHeader.Parse(name, json, stream.Length - stream.Position);
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The element type of a tensor, as the format writes it: <c>F32</c>, <c>I64</c>, …</summary>
    /// <exception cref="InvalidDataException">There is no tensor of this name.</exception>
    public string DataType(string name) => Find(name).Entry.DataType;

    /// <summary>The dimensions of a tensor, outermost first.</summary>
    /// <exception cref="InvalidDataException">There is no tensor of this name.</exception>
    public ReadOnlySpan<int> Shape(string name) => Find(name).Entry.Shape;

    /// <summary>Copies the values of a float32 tensor, in row-major order.</summary>
    /// <exception cref="InvalidDataException">There is no tensor of this name, or it has another element type.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is not as long as the product of the shape.</exception>
    public void CopyTo(string name, Span<float> destination)
    {
        (SafetensorsEntry entry, float[] values) = Find(name);
        if (entry.DataType != SafetensorsHeader.Float32)
        {
            Throw.InvalidData(_file, $"tensor '{name}' holds {entry.DataType}, expected {SafetensorsHeader.Float32}.");
        }

        Guard.Length(destination.Length, values.Length, nameof(destination));
        values.CopyTo(destination);
    }

    private (SafetensorsEntry Entry, float[] Values) Find(string name)
    {
        if (!_tensors.TryGetValue(name, out (SafetensorsEntry, float[]) tensor))
        {
            Throw.InvalidData(_file, $"there is no tensor '{name}' among the {Names.Count} of the file.");
        }

        return tensor;
    }

    private static byte[] ReadJson(Stream stream, string file)
    {
        long bytes = stream.Length - stream.Position;
        if (bytes < sizeof(ulong))
        {
            Throw.InvalidData(file, $"the file holds {bytes} bytes, expected at least {sizeof(ulong)} (the header's length).");
        }

        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaxBytes)
        {
            Throw.InvalidData(file, $"the header's length is {length} bytes, at most {SafetensorsHeader.MaxBytes} are read.");
        }

        if (length > (ulong)bytes - sizeof(ulong))
        {
            Throw.InvalidData(file, $"the header's length is {length} bytes, {bytes - sizeof(ulong)} follow: truncated.");
        }

        byte[] json = new byte[length];
        stream.ReadExactly(json);
        return json;
    }

    /// <summary>A tensor of another type is stepped over: it does no harm until its values are asked for.</summary>
    private static float[] ReadValues(string file, SafetensorsEntry entry, Stream data)
    {
        long bytes = entry.End - entry.Begin;
        if (entry.DataType != SafetensorsHeader.Float32)
        {
            data.Position += bytes;
            return [];
        }

        if (bytes / sizeof(float) > Array.MaxLength)
        {
            Throw.InvalidData(file, $"tensor '{entry.Name}' holds {bytes / sizeof(float)} values, at most {Array.MaxLength} are read.");
        }

        float[] values = GC.AllocateUninitializedArray<float>((int)(bytes / sizeof(float)));
        LittleEndian.Read(data, values);
        return values;
    }
}
