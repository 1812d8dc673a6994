using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using SimdNet.Persistence;
using Xunit;

namespace SimdNet.Tests.Persistence;

public sealed class SafetensorsFileTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property]
    public void EverythingComesBack(byte tensorCount, int seed, Dictionary<NonNull<string>, NonNull<string>> texts)
    {
        NamedTensor[] tensors = RandomTensors(tensorCount % 8, seed);
        Dictionary<string, string> metadata = texts.ToDictionary(pair => pair.Key.Get, pair => pair.Value.Get);

        SafetensorsFile file = ReadBytes(Bytes(metadata, tensors));

        Assert.Equal(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), file.Metadata);
        Assert.Equal(tensors.Select(tensor => tensor.Name), file.Names);
        foreach (NamedTensor tensor in tensors)
        {
            float[] values = new float[tensor.Values.Length];
            file.CopyTo(tensor.Name, values);
            Assert.Equal(tensor.Values.ToArray(), values);
            Assert.Equal(tensor.Shape.ToArray(), file.Shape(tensor.Name).ToArray());
            Assert.Equal("F32", file.DataType(tensor.Name));
        }
    }

    [Property]
    public void TheSameContentGivesTheSameBytes(byte tensorCount, int seed)
    {
        NamedTensor[] tensors = RandomTensors(tensorCount % 8, seed);

        byte[] one = Bytes(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, tensors);
        byte[] other = Bytes(new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }, tensors);

        Assert.Equal(one, other);
    }

    [Fact]
    public void TheDataAreAlignedAndTheHeaderSaysItsLength()
    {
        byte[] bytes = Bytes(NoMetadata, [new("w", new[] { 2 }, new[] { 1f, 2f })]);

        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal((byte)'{', bytes[8]);
        Assert.Equal(0, (8 + length) % 8);
        Assert.Equal(8 + length + 8, bytes.Length);
        Assert.Equal(1f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length)));
    }

    [Fact]
    public void ReadsAFileAndAStreamThatCannotSeek()
    {
        byte[] bytes = Bytes(NoMetadata, [new("w", new[] { 2 }, new[] { 1f, 2f })]);
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        packed.Position = 0;
        using GZipStream stream = new(packed, CompressionMode.Decompress);
        SafetensorsFile[] files = [SafetensorsFile.Read(_folder.File("model", bytes)), SafetensorsFile.Read(stream)];
        foreach (SafetensorsFile file in files)
        {
            float[] values = new float[2];
            file.CopyTo("w", values);
            Assert.Equal([1f, 2f], values);
        }
    }

    [Fact]
    public void AnotherElementTypeIsHarmlessUntilItsValuesAreWanted()
    {
        SafetensorsFile file = ReadBytes(Raw(
            """{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F]));

        float[] value = new float[1];
        file.CopyTo("w", value);
        Assert.Equal(1f, value[0]);
        Assert.Equal(
            "stream: tensor 'n' holds I64, expected F32.",
            Assert.Throws<InvalidDataException>(() => file.CopyTo("n", value)).Message);
    }

    [Fact]
    public void AMissingTensorIsNamedAndAWrongLengthCounted()
    {
        SafetensorsFile file = ReadBytes(Bytes(NoMetadata, [new("w", new[] { 2 }, new[] { 1f, 2f })]));
        float[] three = [7, 7, 7];

        Assert.False(file.Contains("v"));
        Assert.Equal(
            "stream: there is no tensor 'v' among the 1 of the file.",
            Assert.Throws<InvalidDataException>(() => file.CopyTo("v", three)).Message);
        Assert.StartsWith(
            "'destination' holds 3 values, expected 2.",
            Assert.Throws<ArgumentException>(() => file.CopyTo("w", three)).Message,
            StringComparison.Ordinal);
        Assert.Equal([7, 7, 7], three);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        byte[] bytes = Bytes(
            new Dictionary<string, string> { ["a"] = "1" },
            [new("v", new[] { 0 }, default), new("w", new[] { 2 }, new[] { 1f, 2f })]);

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ReadBytes(bytes[..length]));
        }
    }

    [Fact]
    public void TrailingBytesAreRefused() =>
        AssertRefused(
            [.. Bytes(NoMetadata, [new("w", new[] { 2 }, new[] { 1f, 2f })]), 0],
            "the tensors end at byte 8, the data at 9: 1 trailing bytes");

    [Theory]
    [InlineData(5UL, "the header's length is 5 bytes, 4 follow: truncated")]
    [InlineData(100_000_000UL, "the header's length is 100000000 bytes, 4 follow: truncated")]
    [InlineData(100_000_001UL, "the header's length is 100000001 bytes, at most 100000000 are read")]
    [InlineData(ulong.MaxValue, "the header's length is 18446744073709551615 bytes, at most 100000000 are read")]
    public void AHeaderBeyondTheFileIsRefused(ulong length, string message)
    {
        byte[] bytes = [0, 0, 0, 0, 0, 0, 0, 0, .. "{}  "u8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        AssertRefused(bytes, message);
    }

    [Fact]
    public void AnEmptyFileIsRefused() => AssertRefused([], "the file holds 0 bytes, expected at least 8");

    // Any byte of the header replaced: a refusal by the one right exception, or another well-formed file; nothing else.
    [Property(MaxTest = 500)]
    public void ADamagedHeaderNeverSurprises(int seed)
    {
        byte[] bytes = Bytes(new Dictionary<string, string> { ["a"] = "1" }, RandomTensors(3, seed));
        Random random = new(seed);
        bytes[random.Next(8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes))] = (byte)random.Next(256);

        Exception? error = Xunit.Record.Exception(() => ReadBytes(bytes));

        Assert.True(error is null or InvalidDataException, $"{error}");
    }

    [Fact]
    public void WrongTensorsAreRefusedBeforeAnythingIsWritten()
    {
        string path = _folder.File("model", [9]);
        float[] two = [1, 2];

        AssertNotWritten([new("w", new[] { 3 }, two)], "'w' holds 2 values, expected the product of its shape [3].");
        AssertNotWritten([new("w", new[] { -1, -2 }, two)], "'w' holds 2 values, expected the product of its shape [-1, -2].");
        AssertNotWritten([new("w", new[] { 65536, 65536, 65536, 65536 }, default)], "'w' holds 0 values, expected the product");
        AssertNotWritten([new("w", new[] { 2 }, two), new("w", new[] { 2 }, two)], "'tensors' holds a second 'w'");
        AssertNotWritten([new("__metadata__", new[] { 2 }, two)], "'tensors' holds a second '__metadata__', or the name is reserved");

        void AssertNotWritten(NamedTensor[] tensors, string message)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(path, NoMetadata, tensors));
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(new byte[] { 9 }, File.ReadAllBytes(path));
            Assert.Equal(["model"], _folder.Names());
        }
    }

    [Fact]
    public void AFailureInTheMiddleLeavesTheOldFileAndNoTemporary()
    {
        string path = _folder.File("model", [9]);
        using Unreadable values = new();

        Assert.Throws<TimeoutException>(() =>
            SafetensorsFile.Write(path, NoMetadata, [new("v", new[] { 2 }, new float[2]), new("w", new[] { 3 }, values.Memory)]));

        Assert.Equal(new byte[] { 9 }, File.ReadAllBytes(path));
        Assert.Equal(["model"], _folder.Names());
    }

    private static NamedTensor[] RandomTensors(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int[] shape = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5))];
            int count = shape.Aggregate(1, (product, dimension) => product * dimension);
            float[] values = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
            return new NamedTensor($"{i}.\"wéight\"", shape, values);
        })];
    }

    private static byte[] Bytes(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        using MemoryStream stream = new();
        SafetensorsFile.Write(stream, metadata, tensors);
        return stream.ToArray();
    }

    private static byte[] Raw(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json, .. data];
    }

    private static SafetensorsFile ReadBytes(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return SafetensorsFile.Read(stream);
    }

    private static void AssertRefused(byte[] bytes, string message) =>
        Assert.StartsWith(
            $"stream: {message}", Assert.Throws<InvalidDataException>(() => ReadBytes(bytes)).Message, StringComparison.Ordinal);

    /// <summary>Three values that cannot be had when they are wanted.</summary>
    private sealed class Unreadable : MemoryManager<float>
    {
        public override Memory<float> Memory => CreateMemory(3);

        public override Span<float> GetSpan() => throw new TimeoutException();

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
