using FsCheck.Xunit;
using SimdNet.Persistence;
using Xunit;

namespace SimdNet.Tests.Persistence;

public class LittleEndianTests
{
    [Fact]
    public void OneIsWrittenLeastByteFirst()
    {
        using MemoryStream stream = new();
        LittleEndian.Write(stream, [1f, -2f]);

        Assert.Equal(new byte[] { 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0 }, stream.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(9000)]
    public void EveryBitComesBackAroundThePieceLength(int length) => RoundTrip(length, seed: length);

    [Property]
    public void EveryBitComesBack(byte length, int seed) => RoundTrip(length, seed);

    // Random bits, so NaN payloads and denormals too.
    private static void RoundTrip(int length, int seed)
    {
        Random random = new(seed);
        byte[] bits = new byte[sizeof(float) * length];
        random.NextBytes(bits);
        float[] values = [.. Enumerable.Range(0, length).Select(i => BitConverter.ToSingle(bits, sizeof(float) * i))];
        using MemoryStream stream = new();
        LittleEndian.Write(stream, values);
        Assert.Equal(4 * length, stream.Length);

        stream.Position = 0;
        float[] read = new float[length];
        LittleEndian.Read(stream, read);

        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), read.Select(BitConverter.SingleToInt32Bits));
    }
}
