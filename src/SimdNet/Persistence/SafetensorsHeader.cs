using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SimdNet.Persistence;

/// <summary>One line of the header: what a tensor is and where its bytes lie, counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, string DataType, int[] Shape, long Begin, long End);

/// <summary>
/// The JSON text at the head of a safetensors file:
/// <c>{"__metadata__": {key: text}, name: {"dtype": type, "shape": [...], "data_offsets": [begin, end]}, ...}</c>.
/// </summary>
/// <remarks>Format: https://github.com/huggingface/safetensors#format.</remarks>
internal sealed record SafetensorsHeader(Dictionary<string, string> Metadata, SafetensorsEntry[] Entries)
{
    /// <summary>The reference implementation reads no longer header, so none is written.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>The only element type whose values are read and written: IEEE binary32.</summary>
    public const string Float32 = "F32";

    public const string MetadataName = "__metadata__";

    /// <summary>The data area starts at a multiple of this.</summary>
    private const int Alignment = 8;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // The writer's own encoding replaces half a surrogate pair by U+FFFD: two names could become one.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and checks a header; its entries come in the order of their data, which they fill without gap or overlap.</summary>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long dataBytes)
    {
        if (json.Span is not [(byte)'{', ..])
        {
            Throw.InvalidData(file, $"the header of {json.Length} bytes does not start with '{{'.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            Dictionary<string, string> metadata = new(StringComparer.Ordinal);
            List<SafetensorsEntry> entries = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataName))
                {
                    ParseMetadata(file, property.Value, metadata);
                }
                else
                {
                    entries.Add(new EntryParser(file, property.Name).Parse(property.Value, dataBytes));
                }
            }

            SafetensorsEntry[] ordered = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
            CheckContiguous(file, ordered, dataBytes);
            return new(metadata, ordered);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text is not UTF-8, or holds half a surrogate pair.
            throw new InvalidDataException($"{file}: the header of {json.Length} bytes is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>The header of tensors whose data follow one another in the given order, padded with spaces to the alignment.</summary>
    /// <exception cref="ArgumentException">A name or a text is not valid UTF-16.</exception>
    public static byte[] Format(IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<NamedTensor> tensors)
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // not for HTML: quotes stay readable
        using (Utf8JsonWriter writer = new(buffer, plain))
        {
            writer.WriteStartObject();
            FormatMetadata(writer, metadata);
            long offset = 0;
            foreach (NamedTensor tensor in tensors)
            {
                FormatEntry(writer, tensor, offset, offset += sizeof(float) * (long)tensor.Values.Length);
            }

            writer.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & (Alignment - 1); // the length before the header takes 8 bytes itself
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    private static void ParseMetadata(string file, JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Throw.InvalidData(file, $"'{MetadataName}' is a JSON {element.ValueKind}, expected an object.");
        }

        foreach (JsonProperty pair in element.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String)
            {
                Throw.InvalidData(file, $"'{MetadataName}' has a JSON {pair.Value.ValueKind} under '{pair.Name}', expected a string.");
            }

            metadata.Add(pair.Name, pair.Value.GetString()!);
        }
    }

    private static void CheckContiguous(string file, SafetensorsEntry[] ordered, long dataBytes)
    {
        long end = 0;
        foreach (SafetensorsEntry entry in ordered)
        {
            if (entry.Begin != end)
            {
                string fault = entry.Begin < end ? "overlap" : "gap";
                string place = $"starts at byte {entry.Begin}, expected {end} where the one before ends";
                Throw.InvalidData(file, $"tensor '{entry.Name}' {place}: {fault}.");
            }

            end = entry.End;
        }

        if (end != dataBytes)
        {
            Throw.InvalidData(file, $"the tensors end at byte {end}, the data at {dataBytes}: {dataBytes - end} trailing bytes.");
        }
    }

    private static void FormatMetadata(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        // Sorted: a dictionary promises no order, and the same content must give the same bytes.
        KeyValuePair<string, string>[] pairs = [.. metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        if (pairs.Length == 0)
        {
            return;
        }

        writer.WriteStartObject(MetadataName);
        foreach ((string key, string value) in pairs)
        {
            writer.WriteString(StrictUtf8.GetBytes(key), StrictUtf8.GetBytes(value));
        }

        writer.WriteEndObject();
    }

    private static void FormatEntry(Utf8JsonWriter writer, NamedTensor tensor, long begin, long end)
    {
        writer.WriteStartObject(StrictUtf8.GetBytes(tensor.Name));
        writer.WriteString("dtype", Float32);
        writer.WriteStartArray("shape");
        foreach (int dimension in tensor.Shape.Span)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
