using System.Buffers;
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
    private static readonly Dictionary<string, Func<JsonElement, Layer>> s_kinds = new(StringComparer.Ordinal)
    {
        [nameof(AveragePool2D)] = options => AveragePool2D.Read(options),
        [nameof(BatchNorm)] = options => new BatchNorm(options.GetProperty("momentum").GetSingle(), options.GetProperty("epsilon").GetSingle()),
        [nameof(Conv2D)] = options => Conv2D.Read(options),
        [nameof(ConvTranspose2D)] = options => ConvTranspose2D.Read(options),
        [nameof(Dense)] = options => new Dense(options.GetProperty("units").GetInt32()),
        [nameof(Dropout)] = options => new Dropout(options.GetProperty("probability").GetSingle()),
        [nameof(ELU)] = options => new ELU(options.GetProperty("alpha").GetSingle()),
        [nameof(Flatten)] = _ => new Flatten(),
        [nameof(GELU)] = _ => new GELU(),
        [nameof(GELUTanh)] = _ => new GELUTanh(),
        [nameof(GlobalAveragePool2D)] = _ => new GlobalAveragePool2D(),
        [nameof(HardSigmoid)] = _ => new HardSigmoid(),
        [nameof(LayerNorm)] = options => new LayerNorm(options.GetProperty("epsilon").GetSingle()),
        [nameof(LeakyReLU)] = options => new LeakyReLU(options.GetProperty("negativeSlope").GetSingle()),
        [nameof(LogSoftmax)] = _ => new LogSoftmax(),
        [nameof(MaxPool2D)] = options => MaxPool2D.Read(options),
        [nameof(Padding2D)] = options => Padding2D.Read(options),
        [nameof(ReLU)] = _ => new ReLU(),
        [nameof(SELU)] = _ => new SELU(),
        [nameof(Sigmoid)] = _ => new Sigmoid(),
        [nameof(SiLU)] = _ => new SiLU(),
        [nameof(Softmax)] = _ => new Softmax(),
        [nameof(Softplus)] = _ => new Softplus(),
        [nameof(Tanh)] = _ => new Tanh(),
        [nameof(Upsample)] = options => new Upsample(options.GetProperty("factor").GetInt32()),
    };

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
