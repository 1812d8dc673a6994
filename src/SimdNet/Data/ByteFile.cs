using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace SimdNet.Data;

/// <summary>A file that is read from its beginning to its end, plain or compressed by gzip: the content tells, not the name.</summary>
internal sealed class ByteFile : IDisposable
{
    private readonly Stream _content;

    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public ByteFile(string path)
    {
        Path = path;
        _content = File.OpenRead(path);
        Span<byte> first = stackalloc byte[2];
        IsCompressed = Fill(first) == 2 && first is [0x1F, 0x8B];
        Length = IsCompressed ? UncompressedLength(_content) : _content.Length;
        _content.Position = 0;
        if (IsCompressed)
        {
            _content = new GZipStream(_content, CompressionMode.Decompress);
        }
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>The bytes of the content, as the file system or the gzip trailer says.</summary>
    public long Length { get; }

    /// <summary>Whether it is the trailer that says so, which is none where the file does not end with it.</summary>
    public bool IsCompressed { get; }

    /// <summary>Such as <c>the file holds 10</c>.</summary>
    public string LengthInWords => $"{(IsCompressed ? "the gzip trailer says" : "the file holds")} {Length}";

    public void Dispose() => _content.Dispose();

    /// <summary>Reads the next bytes, fewer only at the end. There, and only there, gzip compares its checksum.</summary>
    /// <exception cref="InvalidDataException">Compressed data are corrupt.</exception>
    public int Fill(Span<byte> destination)
    {
        try
        {
            return _content.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{Path}: its gzip data are corrupt: {error.Message}", error);
        }
    }

    /// <summary>Whether nothing follows.</summary>
    public bool IsAtEnd() => Fill(stackalloc byte[1]) == 0;

    [DoesNotReturn]
    public void Fail(string problem) => Throw.InvalidData(Path, problem);

    /// <summary>
    /// What the last four bytes of a gzip file say of its content (RFC 1952, ISIZE). <see cref="GZipStream"/> itself takes no offence at
    /// a file that is cut or continued there. Of several members only the last would be counted: such a file is refused.
    /// </summary>
    private static long UncompressedLength(Stream file)
    {
        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        file.Position = Math.Max(0, file.Length - trailer.Length);
        file.ReadAtLeast(trailer, trailer.Length, throwOnEndOfStream: false);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer);
    }
}
