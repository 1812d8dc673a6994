using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>
/// A network's shape and layers as JSON, such as
/// <c>{"input": [784], "layers": [{"kind": "Dense", "units": 128}, {"kind": "ReLU"}, {"kind": "Dense", "units": 10}]}</c>.
/// </summary>
internal static class Architecture
{
    /// <summary>How each kind is made again from what its <see cref="Layer.WriteOptions"/> wrote. A new layer has its line here.</summary>
    private static readonly FrozenDictionary<string, Func<JsonElement, Layer>> s_kinds = new Dictionary<string, Func<JsonElement, Layer>>
    {
        [nameof(Dense)] = options => new Dense(options.GetProperty("units").GetInt32()),
        [nameof(Flatten)] = _ => new Flatten(),
        [nameof(ReLU)] = _ => new ReLU(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The architecture of a whole chain.</summary>
    public static string Write(Chain chain)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("input");
            foreach (int dimension in chain.Input.ToArray())
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            WriteLayers(writer, "layers", chain.Layers);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Layers as an array of that name.</summary>
    public static void WriteLayers(Utf8JsonWriter writer, string name, IReadOnlyList<Layer> layers)
    {
        writer.WriteStartArray(name);
        foreach (Layer layer in layers)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", layer.Kind);
            layer.WriteOptions(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <param name="file">For messages.</param>
    /// <param name="json">The text.</param>
    /// <param name="ownKinds">How layers that are not the library's are made.</param>
    /// <exception cref="InvalidDataException">The text is no architecture; the message names the file and the layer.</exception>
    public static Chain Read(string file, string json, IReadOnlyDictionary<string, Func<JsonElement, Layer>> ownKinds)
    {
        string place = "'input'";
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            Shape input = new([.. document.RootElement.GetProperty("input").EnumerateArray().Select(dimension => dimension.GetInt32())]);
            place = "'layers'";
            List<Layer> layers = [];
            foreach (JsonElement layer in document.RootElement.GetProperty("layers").EnumerateArray())
            {
                place = $"layer {layers.Count}, {layer.GetRawText()}";
                layers.Add(ReadLayer(layer, ownKinds));
            }

            place = "'layers'";
            Guard.Positive(layers.Count, "layers.Length");
            return new(input, [.. layers]);
        }
        catch (Exception fault)
            when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: its architecture cannot be read at {place}: {fault.Message}", fault);
        }
    }

    private static Layer ReadLayer(JsonElement layer, IReadOnlyDictionary<string, Func<JsonElement, Layer>> ownKinds)
    {
        string kind = layer.GetProperty("kind").GetString() ?? "";
        return ownKinds.TryGetValue(kind, out Func<JsonElement, Layer>? own) ? own(layer)
            : kind == nameof(Residual) ? new Residual(Branch("body")) { Shortcut = Branch("shortcut") }
            : s_kinds[kind](layer);

        Layer[] Branch(string name) => [.. layer.GetProperty(name).EnumerateArray().Select(inner => ReadLayer(inner, ownKinds))];
    }
}
