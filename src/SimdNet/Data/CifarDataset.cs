namespace SimdNet.Data;

/// <summary>
/// The two halves of CIFAR-10 or CIFAR-100 in the binary version: images of 3 × 32 × 32, the planes red, green, blue, in datasets of
/// bytes. The classes of CIFAR-100 are its 100 fine ones.
/// </summary>
/// <param name="Train">To be learnt from.</param>
/// <param name="Test">Never to be learnt from.</param>
/// <remarks>Format: A. Krizhevsky, Learning multiple layers of features from tiny images (2009), and the page of the set.</remarks>
public sealed record CifarDataset(Dataset Train, Dataset Test)
{
    private static readonly Files[] s_sets =
    [
        new(new(classes: 10, labels: 1), [.. Enumerable.Range(1, 5).Select(number => $"data_batch_{number}.bin")], "test_batch.bin"),
        new(new(classes: 100, labels: 2), ["train.bin"], "test.bin"),
    ];

    /// <summary>
    /// Reads a folder's <c>data_batch_1.bin</c> … <c>data_batch_5.bin</c> and <c>test_batch.bin</c> (CIFAR-10), or its
    /// <c>train.bin</c> and <c>test.bin</c> (CIFAR-100); each of any number of records, also with <c>.gz</c>.
    /// </summary>
    /// <exception cref="FileNotFoundException">A file is missing; the message names it, and where it was looked for.</exception>
    /// <exception cref="InvalidDataException">A file is not of whole records, a label is no class, or the folder holds both sets.</exception>
    public static CifarDataset Open(string folder)
    {
        Files[] found = [.. s_sets.Where(set => set.AreIn(folder))];
        if (found.Length > 1)
        {
            Throw.InvalidData(folder, $"it holds files of {found.Length} sets, expected 1: {string.Join(", ", found.Select(set => set.Test))}.");
        }

        Files files = found.Length == 1 ? found[0] : s_sets[0];
        return new(
            files.Format.Read([.. files.Train.Select(name => Find(folder, name))]), files.Format.Read([Find(folder, files.Test)]));
    }

    /// <summary>Whether a folder holds such a set, by the names of its files.</summary>
    internal static bool IsIn(string folder) => s_sets.Any(set => set.AreIn(folder));

    private static string Find(string folder, string name)
    {
        string? file = Candidates(folder, name).FirstOrDefault(File.Exists);
        if (file is null)
        {
            Throw.FileNotFound(folder, $"it holds no {name}, with or without .gz.");
        }

        return file;
    }

    private static string[] Candidates(string folder, string name) => [Path.Combine(folder, name), Path.Combine(folder, name + ".gz")];

    private sealed record Files(CifarFormat Format, string[] Train, string Test)
    {
        public bool AreIn(string folder) => Train.Append(Test).Any(name => Candidates(folder, name).Any(File.Exists));
    }
}
