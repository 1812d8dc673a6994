using SimdNet.Tests.Data;

namespace SimdNet.Tests.Cli;

/// <summary>A set that is learnt at once: 4 × 4 images, the row of the label's number bright.</summary>
internal static class TinySet
{
    public const int Train = 60, Test = 30, Classes = 3;

    private const int Side = 4;

    /// <summary>Writes the four files of a set.</summary>
    public static string Write(string folder, int classes = Classes, int width = Side)
    {
        Directory.CreateDirectory(folder);
        Write(folder, "train", Train, classes, width);
        Write(folder, "t10k", Test, classes, width);
        return folder;
    }

    private static void Write(string folder, string half, int count, int classes, int width)
    {
        Random random = new(count);
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % classes))];
        byte[] images = new byte[count * Side * width];
        random.NextBytes(images);
        for (int i = 0; i < images.Length; i++)
        {
            int row = i / width % Side, sample = i / (width * Side);
            images[i] = (byte)(row == labels[sample] ? 255 - (images[i] / 4) : images[i] / 2);
        }

        File.WriteAllBytes(Path.Combine(folder, $"{half}-images-idx3-ubyte"), IdxBytes.Of([count, Side, width], images));
        File.WriteAllBytes(Path.Combine(folder, $"{half}-labels-idx1-ubyte"), IdxBytes.Of([count], labels));
    }
}
