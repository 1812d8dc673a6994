using System.Buffers.Binary;
using System.Text;

namespace SimdNet.Peers.Onnx;

/// <summary>A message of Protocol Buffers that is being written: fields in any order, a repeated one as often as it is.</summary>
/// <remarks>protobuf.dev, Encoding: a field is its number and wire type, then the value; what has a length begins with it.</remarks>
internal sealed class ProtocolBuffer
{
    private const int Varint = 0, LengthDelimited = 2, FourBytes = 5;

    private readonly List<byte> _bytes = [];

    public ProtocolBuffer Add(int field, long value)
    {
        Tag(field, Varint);
        Write((ulong)value);
        return this;
    }

    public ProtocolBuffer Add(int field, float value)
    {
        Tag(field, FourBytes);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtocolBuffer Add(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthDelimited);
        Write((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public ProtocolBuffer Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public ProtocolBuffer Add(int field, ProtocolBuffer value) => Add(field, value.ToArray());

    public byte[] ToArray() => [.. _bytes];

    private void Tag(int field, int wireType) => Write((ulong)((field << 3) | wireType));

    /// <summary>Seven bits a byte, the lowest first; the eighth says that more follow.</summary>
    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
