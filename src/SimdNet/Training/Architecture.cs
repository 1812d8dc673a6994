using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using SimdNet.Layers;
using SimdNet.Memory;

namespace SimdNet.Training;

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

    public static string Write(Plan plan)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("input");
            foreach (int dimension in plan.Input.ToArray())
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("layers");
            foreach (Layer layer in plan.Layers)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", layer.Kind);
                layer.WriteOptions(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <exception cref="InvalidDataException">The text is no architecture; the message names the file and the layer.</exception>
    public static Plan Read(string file, string json)
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
                layers.Add(s_kinds[layer.GetProperty("kind").GetString() ?? ""](layer));
            }

            place = "'layers'";
            return new(input, [.. layers]);
        }
        catch (Exception fault)
            when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: its architecture cannot be read at {place}: {fault.Message}", fault);
        }
    }
}
