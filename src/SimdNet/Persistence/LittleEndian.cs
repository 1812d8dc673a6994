using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SimdNet.Persistence;

/// <summary>Floats to and from a stream, in the byte order of the file whatever that of the machine.</summary>
internal static class LittleEndian
{
    private const int PieceBytes = 16 * 1024, LongestRead = 1 << 20; // bytes on the stack; floats

    public static void Read(Stream stream, Span<float> values)
    {
        while (!values.IsEmpty) // of which there may be more than bytes in a span
        {
            Span<int> piece = MemoryMarshal.Cast<float, int>(values[..Math.Min(values.Length, LongestRead)]);
            stream.ReadExactly(MemoryMarshal.AsBytes(piece));
            if (!BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(piece, piece);
            }

            values = values[piece.Length..];
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
