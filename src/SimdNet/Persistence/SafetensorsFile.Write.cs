using System.Buffers.Binary;

namespace SimdNet.Persistence;

public sealed partial class SafetensorsFile
{
    /// <summary>
    /// Writes a file: first beside <paramref name="path"/>, then renamed over it, so that there is always a whole file, the old one or
    /// the new one. The same content gives the same bytes.
    /// </summary>
    /// <param name="path">The file to make or to replace.</param>
    /// <param name="metadata">Texts that come with the tensors, in any order.</param>
    /// <param name="tensors">The tensors, in the order in which they shall lie in the file.</param>
    /// <exception cref="ArgumentException">
    /// A name is used twice or reserved, the number of values is not the product of the shape, or a text is not valid UTF-16.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; what was at <paramref name="path"/> is still there.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        byte[] header = CheckedHeader(metadata, tensors);
        AtomicFile.Write(path, stream => Write(stream, header, tensors));
    }

    /// <summary>Writes the same bytes to a stream.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyDictionary{string, string}, IReadOnlyList{NamedTensor})"/>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors) =>
        Write(stream, CheckedHeader(metadata, tensors), tensors);

    private static byte[] CheckedHeader(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        HashSet<string> names = new([SafetensorsHeader.MetadataName], StringComparer.Ordinal);
        foreach (NamedTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                Throw.NameTaken(nameof(tensors), tensor.Name);
            }

            if (!EntryParser.TryCount(tensor.Shape.Span, out long count) || count != tensor.Values.Length)
            {
                Throw.NotTheProduct(tensor.Name, tensor.Values.Length, tensor.Shape.Span);
            }
        }

        byte[] header = SafetensorsHeader.Format(metadata, tensors);
        Guard.AtMost(header.Length, SafetensorsHeader.MaxBytes, nameof(header));
        return header;
    }

    private static void Write(Stream stream, byte[] header, IReadOnlyList<NamedTensor> tensors)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (NamedTensor tensor in tensors)
        {
            LittleEndian.Write(stream, tensor.Values.Span);
        }
    }
}
