using SimdNet.Tests.Data;

namespace SimdNet.Tests.Cli;

/// <summary>A set that is learnt at once: small images in four bands of rows, that of the label's number bright.</summary>
internal static class TinySet
{
    public const int Train = 60, Test = 30, Classes = 3;

    private const int Bands = 4;

    /// <summary>Writes the four files of a set.</summary>
    public static string Write(string folder, int classes = Classes, int width = Bands, int height = Bands)
    {
        Directory.CreateDirectory(folder);
        Write(folder, "train", Train, classes, width, height);
        Write(folder, "t10k", Test, classes, width, height);
        return folder;
    }

    private static void Write(string folder, string half, int count, int classes, int width, int height)
    {
        Random random = new(count);
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % classes))];
        byte[] images = new byte[count * height * width];
        random.NextBytes(images);
        for (int i = 0; i < images.Length; i++)
        {
            int band = i / width % height * Bands / height, sample = i / (width * height);
            images[i] = (byte)(band == labels[sample] ? 255 - (images[i] / 4) : images[i] / 2);
        }

        File.WriteAllBytes(Path.Combine(folder, $"{half}-images-idx3-ubyte"), IdxBytes.Of([count, height, width], images));
        File.WriteAllBytes(Path.Combine(folder, $"{half}-labels-idx1-ubyte"), IdxBytes.Of([count], labels));
    }
}
