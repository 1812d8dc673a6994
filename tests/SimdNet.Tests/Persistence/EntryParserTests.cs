using System.Text.Json;
using SimdNet.Persistence;
using Xunit;

namespace SimdNet.Tests.Persistence;

public class EntryParserTests
{
    [Theory]
    [InlineData("F32", "[2,3]", 24)]
    [InlineData("F32", "[]", 4)]
    [InlineData("F64", "[0,2147483647]", 0)]
    [InlineData("I64", "[3]", 24)]
    [InlineData("BF16", "[3]", 6)]
    [InlineData("BOOL", "[3]", 3)]
    public void ReadsEveryKnownElementType(string type, string shape, int bytes)
    {
        SafetensorsEntry entry = Parse($$"""{"dtype":"{{type}}","shape":{{shape}},"data_offsets":[8,{{8 + bytes}}]}""", 8 + bytes);

        Assert.Equal(("w", type, 8, 8 + bytes), (entry.Name, entry.DataType, (int)entry.Begin, (int)entry.End));
    }

    [Theory]
    [InlineData("7", "its entry is a JSON Number, expected an object")]
    [InlineData("""{"shape":[1],"data_offsets":[0,4]}""", "'dtype' is a JSON Undefined, expected String")]
    [InlineData("""{"dtype":32,"shape":[1],"data_offsets":[0,4]}""", "'dtype' is a JSON Number, expected String")]
    [InlineData("""{"dtype":"F31","shape":[1],"data_offsets":[0,4]}""", "its element type 'F31' is unknown")]
    [InlineData("""{"dtype":"F32","data_offsets":[0,4]}""", "'shape' is a JSON Undefined, expected Array")]
    [InlineData("""{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}""", "dimension 0 is -1, expected an integer from 0")]
    [InlineData("""{"dtype":"F32","shape":[1,1.5],"data_offsets":[0,4]}""", "dimension 1 is 1.5, expected an integer from 0")]
    [InlineData("""{"dtype":"F32","shape":[2147483648],"data_offsets":[0,4]}""", "dimension 0 is 2147483648, expected an integer")]
    [InlineData("""{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}""", "dimension 0 is \"1\", expected an integer")]
    [InlineData("""{"dtype":"F32","shape":[2000000000,2000000000,4],"data_offsets":[0,4]}""", "product of its shape [2000000000, 20")]
    [InlineData("""{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}""", "product of its shape [65536, 65536, 6")]
    [InlineData("""{"dtype":"F32","shape":[2],"data_offsets":[0,4]}""", "its data are 4 bytes, expected 8 (2 values of F32, shape [2])")]
    [InlineData("""{"dtype":"F32","shape":[0],"data_offsets":[0,4]}""", "its data are 4 bytes, expected 0 (0 values of F32, shape [0])")]
    [InlineData("""{"dtype":"F32","shape":[1]}""", "'data_offsets' is a JSON Undefined, expected Array")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[0]}""", "'data_offsets' holds 1 numbers, expected 2")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}""", "the start of its data is -4, expected an integer from 0 to 8")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[8,12]}""", "the end of its data is 12, expected an integer from 0 to 8")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551620]}""", "end of its data is 18446744073709551620")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[8,4]}""", "its data start at byte 8 and end at 4")]
    public void RefusesByFileTensorAndNumbers(string json, string message)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Parse(json, dataBytes: 8));

        Assert.StartsWith("file: tensor 'w': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new int[0], 1)]
    [InlineData(new[] { 3, 0, int.MaxValue }, 0)]
    [InlineData(new[] { int.MaxValue, 3 }, 3L * int.MaxValue)]
    [InlineData(new[] { 3, -1 }, -1)]
    [InlineData(new[] { int.MaxValue, int.MaxValue }, -1)]
    public void CountsOrRefusesAShape(int[] shape, long expected) =>
        Assert.Equal(expected, EntryParser.TryCount(shape, out long count) ? count : -1);

    private static SafetensorsEntry Parse(string json, long dataBytes)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return new EntryParser("file", "w").Parse(document.RootElement, dataBytes);
    }
}
