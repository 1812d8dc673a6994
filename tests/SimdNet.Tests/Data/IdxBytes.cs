using System.Buffers.Binary;
using System.IO.Compression;

namespace SimdNet.Tests.Data;

/// <summary>IDX files as byte arrays, right and wrong.</summary>
internal static class IdxBytes
{
    public static byte[] Of(int[] dimensions, byte[] values, byte type = 0x08)
    {
        byte[] header = new byte[4 * (1 + dimensions.Length)];
        header[2] = type;
        header[3] = (byte)dimensions.Length;
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * (axis + 1)), dimensions[axis]);
        }

        return [.. header, .. values];
    }

    public static byte[] Random(int[] dimensions, int seed)
    {
        byte[] values = new byte[dimensions.Aggregate(1, (product, dimension) => product * dimension)];
        new Random(seed).NextBytes(values);
        return Of(dimensions, values);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }
}
