using System.Text;
using SimdNet.Persistence;
using Xunit;

namespace SimdNet.Tests.Persistence;

public class SafetensorsHeaderTests
{
    private const string TwoFloats = """{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""";

    [Fact]
    public void IsCompactJsonInTheGivenOrderPaddedBySpaces()
    {
        byte[] header = SafetensorsHeader.Format(
            new Dictionary<string, string> { ["b"] = "{\"x\": \"ü\"}", ["a"] = "1" },
            [new("z", new[] { 2, 3 }, new float[6]), new("a", Array.Empty<int>(), new float[1])]);

        string expected = """{"__metadata__":{"a":"1","b":"{\"x\": \"ü\"}"},"""
            + """
              "z":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"a":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}
              """;
        Assert.Equal(expected, Encoding.UTF8.GetString(header).TrimEnd(' '));
        Assert.Equal(0, header.Length % 8);
        Assert.InRange(header.Length - Encoding.UTF8.GetByteCount(expected), 0, 7);
    }

    [Fact]
    public void WithoutMetadataThereIsNoMetadataEntry() =>
        Assert.Equal("{}      ", Encoding.UTF8.GetString(SafetensorsHeader.Format([], [])));

    [Fact]
    public void HalfASurrogatePairIsRefusedNotReplaced()
    {
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsHeader.Format([], [new("\ud800", default, new float[1])]));
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsHeader.Format(new Dictionary<string, string> { ["a\udc00"] = "" }, []));
        Assert.ThrowsAny<ArgumentException>(() => SafetensorsHeader.Format(new Dictionary<string, string> { ["a"] = "\ud800b" }, []));
    }

    [Fact]
    public void EntriesComeInTheOrderOfTheirDataWhateverThatOfTheHeader()
    {
        SafetensorsHeader header = Parse(
            $$$"""
            {"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},
             "empty":{"dtype":"I64","shape":[0,7],"data_offsets":[8,8]},
             "a":{{{TwoFloats}}}}
            """,
            dataBytes: 12);

        Assert.Equal(["a", "empty", "b"], header.Entries.Select(entry => entry.Name));
        Assert.Equal([0, 7], header.Entries[1].Shape);
    }

    [Theory]
    [InlineData("", "header of 0 bytes does not start with '{'")]
    [InlineData(" {}", "header of 3 bytes does not start with '{'")]
    [InlineData("[1]", "header of 3 bytes does not start with '{'")]
    [InlineData("{\"a\"", "header of 4 bytes is not valid JSON")]
    [InlineData("{} x", "header of 4 bytes is not valid JSON")]
    [InlineData("{}\0\0", "header of 4 bytes is not valid JSON")]
    [InlineData("""{"\ud800":1}""", "is not valid JSON")]
    [InlineData("""{"a":1,"a":2}""", "Duplicate property 'a'")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", "Duplicate property 'k'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32"}}""", "Duplicate property 'dtype'")]
    [InlineData("""{"__metadata__":7}""", "'__metadata__' is a JSON Number")]
    [InlineData("""{"__metadata__":{"k":7}}""", "'__metadata__' has a JSON Number under 'k'")]
    public void RefusesWhatIsNoHeader(string json, string message) => AssertRefused(json, dataBytes: 0, message);

    [Fact]
    public void RefusesBytesThatAreNotUtf8()
    {
        byte[] json = [.. "{\""u8, 0xFF, .. "\":1}"u8];

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Parse("file", json, 0));

        Assert.Contains("not valid JSON", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 12, 12, "tensor 'b' starts at byte 4, expected 8 where the one before ends: overlap")]
    [InlineData(12, 20, 20, "tensor 'b' starts at byte 12, expected 8 where the one before ends: gap")]
    [InlineData(8, 16, 20, "the tensors end at byte 16, the data at 20: 4 trailing bytes")]
    [InlineData(8, 16, 12, "tensor 'b': the end of its data is 16, expected an integer from 0 to 12")]
    public void RefusesDataThatAreNotContiguous(int begin, int end, int dataBytes, string message) =>
        AssertRefused(
            $$$"""{"a":{{{TwoFloats}}},"b":{"dtype":"F32","shape":[2],"data_offsets":[{{{begin}}},{{{end}}}]}}""",
            dataBytes,
            message);

    [Fact]
    public void RefusesAGapBeforeTheFirst() =>
        AssertRefused("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", dataBytes: 8, "'a' starts at byte 4, expected 0");

    private static SafetensorsHeader Parse(string json, long dataBytes) =>
        SafetensorsHeader.Parse("file", Encoding.UTF8.GetBytes(json), dataBytes);

    private static void AssertRefused(string json, long dataBytes, string message)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Parse(json, dataBytes));
        Assert.StartsWith("file: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
