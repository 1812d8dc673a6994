using System.Buffers.Binary;
using FsCheck.Xunit;
using SimdNet.Data;
using Xunit;

namespace SimdNet.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property]
    public void EverythingComesBackPlainAndCompressed(byte rank, int seed, bool compressed)
    {
        Random random = new(seed);
        int[] dimensions = [.. Enumerable.Range(0, 1 + rank % 5).Select(_ => random.Next(6))];
        byte[] bytes = IdxBytes.Random(dimensions, seed);

        IdxFile file = IdxFile.Read(_folder.File("x", compressed ? IdxBytes.Gzip(bytes) : bytes));

        Assert.Equal(dimensions, file.Dimensions.ToArray());
        Assert.Equal(bytes[(4 * (1 + dimensions.Length))..], file.Values.ToArray());
        Assert.Equal(_folder.File("x"), file.Path);
    }

    [Fact]
    public void TheContentTellsGzipNotTheName()
    {
        byte[] bytes = IdxBytes.Of([2], [5, 6]);

        Assert.Equal([5, 6], IdxFile.Read(_folder.File("plain.gz", bytes)).Values.ToArray());
        Assert.Equal([5, 6], IdxFile.Read(_folder.File("packed", IdxBytes.Gzip(bytes))).Values.ToArray());
    }

    [Theory]
    [InlineData("", "it holds 0 bytes, expected at least the 4")]
    [InlineData("000008", "it holds 3 bytes, expected at least the 4")]
    [InlineData("01000803", "it starts with 01000803")]
    [InlineData("89504E47", "it starts with 89504E47")]
    [InlineData("00000800", "it starts with 00000800")]
    [InlineData("00000901", "its elements are of type 0x09 (signed byte), expected 0x08 (unsigned byte)")]
    [InlineData("00000B01", "0x0B (16-bit integer)")]
    [InlineData("00000C01", "0x0C (32-bit integer)")]
    [InlineData("00000D01", "0x0D (32-bit float)")]
    [InlineData("00000E01", "0x0E (64-bit float)")]
    [InlineData("00000A01", "0x0A (unknown)")]
    [InlineData("0000080200000002", "dimension 1 of 2 is missing")]
    [InlineData("000008010000", "dimension 0 of 1 is missing")]
    [InlineData("0000080100000003AABB", "its header declares 3 values, 11 bytes in all, the file holds 10: truncated")]
    [InlineData("0000080100000001AABB", "its header declares 1 values, 9 bytes in all, the file holds 10: trailing bytes")]
    [InlineData("00000801FFFFFFFF", "dimension 0 is 4294967295, at most 2147483591")]
    [InlineData("000008020001000000010000", "its header declares 65536 × 65536 values, at most 2147483591")]
    [InlineData("00000803400000004000000040000000", "its header declares 1073741824 × 1073741824 × 1073741824 values, at most")]
    public void RefusesByFileAndNumbers(string hex, string message) => AssertRefused(Convert.FromHexString(hex), message);

    [Fact]
    public void EveryTruncatedGzipIsRefused()
    {
        byte[] packed = IdxBytes.Gzip(IdxBytes.Random([7, 5], seed: 1));

        for (int length = 0; length < packed.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => IdxFile.Read(_folder.File("x", packed[..length])));
        }
    }

    [Fact]
    public void BytesAfterTheGzipAreRefused() =>
        AssertRefused(
            [.. IdxBytes.Gzip(IdxBytes.Of([2], [5, 6])), 1, 0, 0, 0],
            "its header declares 2 values, 10 bytes in all, the gzip trailer says 1: truncated, or trailing bytes");

    [Fact]
    public void AGzipWhoseContentIsTooShortOrTooLongIsRefused()
    {
        AssertRefused(IdxBytes.Gzip(IdxBytes.Of([3], [5, 6])), "its header declares 3 values, 11 bytes in all, the gzip trailer says 10");
        AssertRefused(IdxBytes.Gzip(IdxBytes.Of([1], [5, 6])), "its header declares 1 values, 9 bytes in all, the gzip trailer says 10");
    }

    [Fact]
    public void ADamagedChecksumIsRefused()
    {
        byte[] packed = IdxBytes.Gzip(IdxBytes.Of([2], [5, 6]));
        packed[^5] ^= 1; // CRC-32 lies before the length

        AssertRefused(packed, "its gzip data are corrupt");
    }

    [Fact]
    public void ATrailerThatLiesIsRefused()
    {
        byte[] packed = IdxBytes.Gzip(IdxBytes.Of([3], [5, 6]));
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(^4..), 11);

        Assert.Throws<InvalidDataException>(() => IdxFile.Read(_folder.File("x", packed)));
    }

    // One byte changed anywhere: the right exception, or a well-formed file (a changed value, a changed file name inside gzip).
    [Property(MaxTest = 300)]
    public void ADamagedFileNeverSurprises(int seed, bool compressed)
    {
        byte[] bytes = IdxBytes.Random([3, 4], seed);
        bytes = compressed ? IdxBytes.Gzip(bytes) : bytes;
        Random random = new(seed);
        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

        Exception? error = Record.Exception(() => IdxFile.Read(_folder.File("x", bytes)));

        Assert.True(error is null or InvalidDataException, $"{error}");
    }

    private void AssertRefused(byte[] bytes, string message)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => IdxFile.Read(_folder.File("some-idx3-ubyte", bytes)));
        Assert.StartsWith(_folder.File("some-idx3-ubyte: "), error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
