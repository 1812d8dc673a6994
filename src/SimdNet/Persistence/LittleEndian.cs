using System.Buffers.Binary;

namespace SimdNet.Persistence;

/// <summary>Floats to and from a stream, in the byte order of the file whatever that of the machine.</summary>
internal static class LittleEndian
{
    private const int PieceBytes = 16 * 1024;

    public static void Read(Stream stream, Span<float> values)
    {
        Span<byte> buffer = stackalloc byte[PieceBytes];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, PieceBytes / sizeof(float));
            stream.ReadExactly(buffer[..(count * sizeof(float))]);
            for (int i = 0; i < count; i++)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(buffer[(i * sizeof(float))..]);
            }

            values = values[count..];
        }
    }

    public static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        Span<byte> buffer = stackalloc byte[PieceBytes];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, PieceBytes / sizeof(float));
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(buffer[(i * sizeof(float))..], values[i]);
            }

            stream.Write(buffer[..(count * sizeof(float))]);
            values = values[count..];
        }
    }
}
