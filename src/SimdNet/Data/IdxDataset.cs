namespace SimdNet.Data;

/// <summary>The two halves of a set of the MNIST family: MNIST, Fashion-MNIST, KMNIST, EMNIST.</summary>
/// <param name="Train">To be learnt from.</param>
/// <param name="Test">Never to be learnt from.</param>
public sealed record IdxDataset(Dataset Train, Dataset Test)
{
    /// <summary>
    /// Reads the four IDX files of a folder: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, and the same for
    /// <c>t10k</c> or <c>test</c>; also with a dot before <c>idx</c>, with a prefix such as <c>emnist-balanced-</c>, and with
    /// <c>.gz</c>.
    /// </summary>
    /// <exception cref="FileNotFoundException">A file is missing; the message lists the names that were looked for, and where.</exception>
    /// <exception cref="InvalidDataException">A file is no IDX file, files do not fit, or the folder holds several sets.</exception>
    public static IdxDataset Open(string folder)
    {
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        string trainImages = Find(folder, files, "images-idx3-ubyte", "train");
        string trainLabels = Find(folder, files, "labels-idx1-ubyte", "train");
        string testImages = Find(folder, files, "images-idx3-ubyte", "t10k", "test");
        string testLabels = Find(folder, files, "labels-idx1-ubyte", "t10k", "test");

        Dataset train = Dataset.FromIdx(trainImages, trainLabels);
        Dataset test = Dataset.FromIdx(testImages, testLabels, train.Classes);
        if ((test.Channels, test.Height, test.Width) != (train.Channels, train.Height, train.Width))
        {
            Throw.InvalidData(testImages, $"its images are {Size(test)}, but those of {trainImages} {Size(train)}.");
        }

        return new(train, test);
    }

    private static string Find(string folder, string[] files, string kind, params string[] halves)
    {
        string dotted = kind.Replace("-idx", ".idx", StringComparison.Ordinal);
        string[] names = [.. halves.SelectMany(half => new[] { $"{half}-{kind}", $"{half}-{dotted}" })];
        string[] found = [.. files.Where(file => names.Any(name => IsNamed(file, name)))];
        string[] chosen = [.. found.Where(file => !found.Any(other => file == other + ".gz"))]; // a file stands for its own archive
        if (chosen.Length == 0)
        {
            string wanted = string.Join(" or [prefix-]", names);
            Throw.FileNotFound(folder, $"none of its {files.Length} files is named [prefix-]{wanted}, with or without .gz.");
        }

        if (chosen.Length > 1)
        {
            string candidates = string.Join(", ", chosen.Select(Path.GetFileName));
            Throw.InvalidData(folder, $"{chosen.Length} files could be the one wanted, expected 1: {candidates}.");
        }

        return chosen[0];
    }

    private static bool IsNamed(string file, string name)
    {
        ReadOnlySpan<char> actual = Path.GetFileName(file.AsSpan());
        actual = actual.EndsWith(".gz", StringComparison.Ordinal) ? actual[..^3] : actual;
        return actual.EndsWith(name, StringComparison.Ordinal) && (actual.Length == name.Length || actual[^(name.Length + 1)] == '-');
    }

    private static string Size(Dataset dataset) => $"{dataset.Channels} × {dataset.Height} × {dataset.Width}";
}
