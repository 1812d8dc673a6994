using System.Buffers.Binary;

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

    private IdxFile(string path, int[] dimensions, byte[] bytes) => (Path, _dimensions, Bytes) = (path, dimensions, bytes);

    /// <summary>The file, as it was named to <see cref="Read"/>.</summary>
    public string Path { get; }

    /// <summary>The dimensions, outermost first: [count] of labels, [count, rows, columns] of images.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>The values in row-major order; their number is the product of the dimensions.</summary>
    public ReadOnlySpan<byte> Values => Bytes;

    /// <summary><see cref="Values"/>, for a dataset that keeps them.</summary>
    internal byte[] Bytes { get; }

    /// <summary>Reads a file whole. What tells gzip from plain is the content, not the name.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not IDX, truncated, longer than it says, corrupt, or not of unsigned bytes.
    /// </exception>
    public static IdxFile Read(string path)
    {
        using ByteFile file = new(path);
        return new Parser(file).Parse();
    }

    private readonly struct Parser(ByteFile file)
    {
        public IdxFile Parse()
        {
            int[] dimensions = ReadDimensions(ReadRank());
            int header = sizeof(uint) * (1 + dimensions.Length);
            string shape = string.Join(" × ", dimensions);
            long count = Product(dimensions, shape);
            if (header + count != file.Length)
            {
                string fault = header + count > file.Length ? "truncated" : "trailing bytes";
                file.Fail(
                    $"its header declares {shape} values, {header + count} bytes in all, {file.LengthInWords}: " +
                    $"{(file.IsCompressed ? "truncated, or trailing bytes" : fault)}.");
            }

            byte[] values = GC.AllocateUninitializedArray<byte>((int)count);
            int read = file.Fill(values);
            if (read < count)
            {
                file.Fail($"its header declares {shape} = {count} values, {read} are there: truncated.");
            }

            if (!file.IsAtEnd())
            {
                file.Fail($"its header declares {shape} values, {header + count} bytes in all, but more follow: trailing bytes.");
            }

            return new(file.Path, dimensions, values);
        }

        private int ReadRank()
        {
            Span<byte> magic = stackalloc byte[4];
            int read = file.Fill(magic);
            if (read < magic.Length)
            {
                file.Fail($"it holds {read} bytes, expected at least the {magic.Length} an IDX file starts with.");
            }

            if (magic is not [0, 0, _, > 0])
            {
                file.Fail($"it starts with {Convert.ToHexString(magic)}, expected 0000, an element type and a rank from 1 to 255: no IDX file.");
            }

            if (magic[2] != UnsignedByte)
            {
                file.Fail($"its elements are of type 0x{magic[2]:X2} ({ElementType(magic[2])}), expected 0x{UnsignedByte:X2} (unsigned byte).");
            }

            return magic[3];
        }

        private int[] ReadDimensions(int rank)
        {
            int[] dimensions = new int[rank];
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            for (int axis = 0; axis < rank; axis++)
            {
                if (file.Fill(bytes) < bytes.Length)
                {
                    file.Fail($"it ends inside its header: dimension {axis} of {rank} is missing, truncated.");
                }

                uint dimension = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                if (dimension > Array.MaxLength)
                {
                    file.Fail($"dimension {axis} is {dimension}, at most {Array.MaxLength} values are read.");
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
                    file.Fail($"its header declares {shape} values, at most {Array.MaxLength} are read.");
                }
            }

            return count;
        }

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
