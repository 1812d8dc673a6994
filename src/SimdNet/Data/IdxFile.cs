using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace SimdNet.Data;

/// <summary>
/// An array of bytes in the IDX format of the MNIST family, plain or compressed by gzip: two zero bytes, the element type, the rank, the
/// dimensions (4 bytes each, big-endian), the values.
/// </summary>
/// <remarks>Format: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits.</remarks>
public sealed class IdxFile
{
    private const byte UnsignedByte = 0x08;

    private readonly int[] _dimensions;
    private readonly byte[] _values;

    private IdxFile(string path, int[] dimensions, byte[] values)
    {
        Path = path;
        _dimensions = dimensions;
        _values = values;
    }

    /// <summary>The file, as it was named to <see cref="Read"/>.</summary>
    public string Path { get; }

    /// <summary>The dimensions, outermost first: [count] of labels, [count, rows, columns] of images.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>The values in row-major order; their number is the product of the dimensions.</summary>
    public ReadOnlySpan<byte> Values => _values;

    /// <summary>Reads a file whole. What tells gzip from plain is the content, not the name.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not IDX, truncated, longer than it says, corrupt, or not of unsigned bytes.
    /// </exception>
    public static IdxFile Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> first = stackalloc byte[2];
        bool compressed = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == 2 && first is [0x1F, 0x8B];
        if (!compressed)
        {
            file.Position = 0;
            return new Parser(path, file).Parse(file.Length, compressed);
        }

        long bytes = UncompressedLength(file);
        using GZipStream gzip = new(file, CompressionMode.Decompress);
        return new Parser(path, gzip).Parse(bytes, compressed);
    }

    /// <summary>
    /// What the last four bytes of a gzip file say of its content (RFC 1952, ISIZE). <see cref="GZipStream"/> itself takes no offence at
    /// a file that is cut or continued there. Of several members only the last would be counted: such a file is refused.
    /// </summary>
    private static long UncompressedLength(FileStream file)
    {
        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        file.Position = Math.Max(0, file.Length - trailer.Length);
        file.ReadAtLeast(trailer, trailer.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer);
    }

    private readonly struct Parser(string path, Stream stream)
    {
        /// <param name="bytes">The length of the content, as the file system or the gzip trailer says.</param>
        /// <param name="compressed">Whether it is the trailer, which is none where the file does not end with it.</param>
        public IdxFile Parse(long bytes, bool compressed)
        {
            int[] dimensions = ReadDimensions(ReadRank());
            int header = sizeof(uint) * (1 + dimensions.Length);
            string shape = string.Join(" × ", dimensions);
            long count = Product(dimensions, shape);
            if (header + count != bytes)
            {
                string fault = compressed ? "truncated, or trailing bytes" : header + count > bytes ? "truncated" : "trailing bytes";
                string source = compressed ? "the gzip trailer says" : "the file holds";
                Fail($"its header declares {shape} values, {header + count} bytes in all, {source} {bytes}: {fault}.");
            }

            byte[] values = GC.AllocateUninitializedArray<byte>((int)count);
            int read = Fill(values);
            if (read < count)
            {
                Fail($"its header declares {shape} = {count} values, {read} are there: truncated.");
            }

            // At the end, and only there, gzip compares its checksum.
            if (Fill(stackalloc byte[1]) != 0)
            {
                Fail($"its header declares {shape} values, {header + count} bytes in all, but more follow: trailing bytes.");
            }

            return new(path, dimensions, values);
        }

        private int ReadRank()
        {
            Span<byte> magic = stackalloc byte[4];
            int read = Fill(magic);
            if (read < magic.Length)
            {
                Fail($"it holds {read} bytes, expected at least the {magic.Length} an IDX file starts with.");
            }

            if (magic is not [0, 0, _, > 0])
            {
                Fail($"it starts with {Convert.ToHexString(magic)}, expected 0000, an element type and a rank from 1 to 255: no IDX file.");
            }

            if (magic[2] != UnsignedByte)
            {
                Fail($"its elements are of type 0x{magic[2]:X2} ({ElementType(magic[2])}), expected 0x{UnsignedByte:X2} (unsigned byte).");
            }

            return magic[3];
        }

        private int[] ReadDimensions(int rank)
        {
            int[] dimensions = new int[rank];
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            for (int axis = 0; axis < rank; axis++)
            {
                if (Fill(bytes) < bytes.Length)
                {
                    Fail($"it ends inside its header: dimension {axis} of {rank} is missing, truncated.");
                }

                uint dimension = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                if (dimension > Array.MaxLength)
                {
                    Fail($"dimension {axis} is {dimension}, at most {Array.MaxLength} values are read.");
                }

                dimensions[axis] = (int)dimension;
            }

            return dimensions;
        }

        private long Product(int[] dimensions, string shape)
        {
            long count = 1;
            foreach (int dimension in dimensions)
            {
                count *= dimension; // both were below 2³¹
                if (count > Array.MaxLength)
                {
                    Fail($"its header declares {shape} values, at most {Array.MaxLength} are read.");
                }
            }

            return count;
        }

        private int Fill(Span<byte> destination)
        {
            try
            {
                return stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"{path}: its gzip data are corrupt: {error.Message}", error);
            }
        }

        [DoesNotReturn]
        private void Fail(string problem) => Throw.InvalidData(path, problem);

        private static string ElementType(byte code) => code switch
        {
            0x09 => "signed byte",
            0x0B => "16-bit integer",
            0x0C => "32-bit integer",
            0x0D => "32-bit float",
            0x0E => "64-bit float",
            _ => "unknown",
        };
    }
}
