using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SimdNet.Persistence;

/// <summary>Reads and checks one tensor's line of a safetensors header, and names file and tensor in every refusal.</summary>
internal readonly struct EntryParser(string file, string name)
{
    public SafetensorsEntry Parse(JsonElement element, long dataBytes)
    {
        string type = DataType(Member(element, "dtype", JsonValueKind.String));
        int[] shape = Shape(Member(element, "shape", JsonValueKind.Array));
        (long begin, long end) = Offsets(Member(element, "data_offsets", JsonValueKind.Array), dataBytes);
        string dimensions = string.Join(", ", shape);
        if (!TryCount(shape, out long count))
        {
            Fail($"the product of its shape [{dimensions}] is beyond {long.MaxValue / sizeof(double)}.");
        }

        if (end - begin != count * Size(type))
        {
            Fail($"its data are {end - begin} bytes, expected {count * Size(type)} ({count} values of {type}, shape [{dimensions}]).");
        }

        return new(name, type, shape, begin, end);
    }

    /// <summary>The product of a shape; false where a dimension is negative, or where the product has no size in bytes.</summary>
    public static bool TryCount(ReadOnlySpan<int> shape, out long count)
    {
        count = 1;
        foreach (int dimension in shape)
        {
            if (dimension < 0 || (dimension > 0 && count > long.MaxValue / sizeof(double) / dimension))
            {
                return false;
            }

            count *= dimension;
        }

        return true;
    }

    private static int Size(string type) => type switch
    {
        "F64" or "I64" or "U64" or "C64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    private JsonElement Member(JsonElement element, string member, JsonValueKind kind)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail($"its entry is a JSON {element.ValueKind}, expected an object.");
        }

        if (!element.TryGetProperty(member, out JsonElement value) || value.ValueKind != kind)
        {
            Fail($"'{member}' is a JSON {value.ValueKind}, expected {kind}.");
        }

        return value;
    }

    private string DataType(JsonElement element)
    {
        string type = element.GetString()!;
        if (Size(type) == 0)
        {
            Fail($"its element type '{type}' is unknown.");
        }

        return type;
    }

    private int[] Shape(JsonElement element)
    {
        int[] shape = new int[element.GetArrayLength()];
        int axis = 0;
        foreach (JsonElement dimension in element.EnumerateArray())
        {
            shape[axis] = (int)Integer(dimension, $"dimension {axis}", int.MaxValue);
            axis++;
        }

        return shape;
    }

    private (long Begin, long End) Offsets(JsonElement element, long dataBytes)
    {
        if (element.GetArrayLength() != 2)
        {
            Fail($"'data_offsets' holds {element.GetArrayLength()} numbers, expected 2.");
        }

        long begin = Integer(element[0], "the start of its data", dataBytes);
        long end = Integer(element[1], "the end of its data", dataBytes);
        if (end < begin)
        {
            Fail($"its data start at byte {begin} and end at {end}.");
        }

        return (begin, end);
    }

    private long Integer(JsonElement element, string what, long most)
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long value) || value < 0 || value > most)
        {
            Fail($"{what} is {element.GetRawText()}, expected an integer from 0 to {most}.");
            return 0;
        }

        return value;
    }

    [DoesNotReturn]
    private void Fail(string problem) => Throw.InvalidData(file, $"tensor '{name}': {problem}");
}
