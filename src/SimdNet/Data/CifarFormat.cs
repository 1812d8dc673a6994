namespace SimdNet.Data;

/// <summary>
/// Files that are records from beginning to end: the labels, a byte each, the last of them the class that counts; then the image,
/// [channels, height, width] bytes.
/// </summary>
internal sealed class CifarFormat(int classes, int labels)
{
    private const int Channels = 3, Side = 32, Pixels = Channels * Side * Side;

    private readonly int _record = labels + Pixels;

    /// <summary>Reads some files, one after the other, as one dataset.</summary>
    /// <exception cref="InvalidDataException">A file is not of whole records, or a label is no class.</exception>
    public Dataset Read(string[] paths)
    {
        long[] counts = Array.ConvertAll(paths, Count);
        long total = counts.Sum();
        if (total > Array.MaxLength / Pixels)
        {
            Throw.InvalidData(paths[^1], $"up to its end there are {total} records, at most {Array.MaxLength / Pixels} are read.");
        }

        byte[] inputs = GC.AllocateUninitializedArray<byte>((int)total * Pixels);
        int[] classOf = new int[total];
        int first = 0;
        for (int i = 0; i < paths.Length; i++)
        {
            int count = (int)counts[i];
            Read(paths[i], inputs.AsSpan(first * Pixels, count * Pixels), classOf.AsSpan(first, count));
            first += count;
        }

        return Dataset.FromBytes(inputs, classOf, Channels, Side, Side, classes);
    }

    private long Count(string path)
    {
        using ByteFile file = new(path);
        long count = file.Length / _record;
        if (count == 0 || count * _record != file.Length)
        {
            file.Fail($"{file.LengthInWords} bytes, expected whole records of {_record}: {labels} of label, {Channels} × {Side} × {Side} of image.");
        }

        return count;
    }

    private void Read(string path, Span<byte> images, Span<int> classOf)
    {
        using ByteFile file = new(path);
        Span<byte> label = stackalloc byte[labels];
        for (int i = 0; i < classOf.Length; i++)
        {
            int read = file.Fill(label) + file.Fill(images.Slice(i * Pixels, Pixels));
            if (read < _record)
            {
                file.Fail($"record {i} of {classOf.Length} has {read} bytes, expected {_record}: truncated.");
            }

            classOf[i] = label[^1];
        }

        if (!file.IsAtEnd())
        {
            file.Fail($"{file.LengthInWords} bytes, {classOf.Length} records of {_record}, but more follow: trailing bytes.");
        }

        Dataset.CheckLabels(path, classOf, classes);
    }
}
