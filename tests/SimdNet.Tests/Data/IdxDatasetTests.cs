using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SimdNet.Data;
using Xunit;

namespace SimdNet.Tests.Data;

public sealed class IdxDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadsTheMnistOfTheRepository()
    {
        IdxDataset mnist = IdxDataset.Open(RepositoryMnist());

        Assert.Equal((60_000, 10_000), (mnist.Train.Count, mnist.Test.Count));
        foreach (Dataset half in new[] { mnist.Train, mnist.Test })
        {
            Assert.Equal((1, 28, 28, 784, 10), (half.Channels, half.Height, half.Width, half.Features, half.Classes));
            Assert.Equal(Enumerable.Range(0, 10), half.Labels.ToArray().Distinct().Order());
            Assert.Equal(0f, TensorPrimitives.Min(half.Inputs));
            Assert.Equal(1f, TensorPrimitives.Max(half.Inputs));
        }

        Assert.Equal([5, 0, 4, 1, 9], mnist.Train.Labels[..5].ToArray());
        Assert.Equal([7, 2, 1, 0, 4], mnist.Test.Labels[..5].ToArray());
    }

    [Theory]
    [InlineData("", "t10k", "-idx", "")]
    [InlineData("", "t10k", ".idx", "")]
    [InlineData("", "t10k", "-idx", ".gz")]
    [InlineData("emnist-balanced-", "test", "-idx", ".gz")]
    [InlineData("emnist-letters-", "test", "-idx", "")]
    public void FindsTheFilesByEveryUsualName(string prefix, string test, string idx, string extension)
    {
        Put($"{prefix}train-images{idx}3-ubyte{extension}", [3, 2, 2]);
        PutLabels($"{prefix}train-labels{idx}1-ubyte{extension}", 0, 1, 4);
        Put($"{prefix}{test}-images{idx}3-ubyte{extension}", [2, 2, 2]);
        PutLabels($"{prefix}{test}-labels{idx}1-ubyte{extension}", 1, 0);

        IdxDataset set = IdxDataset.Open(_folder.Path);

        Assert.Equal((3, 5), (set.Train.Count, set.Train.Classes));
        Assert.Equal((2, 5), (set.Test.Count, set.Test.Classes)); // the test half knows the classes of the other
    }

    [Fact]
    public void AnArchiveBesideItsContentIsNotASecondSet()
    {
        PutSet("");
        _folder.File("train-images-idx3-ubyte.gz", [1]);

        Assert.Equal(3, IdxDataset.Open(_folder.Path).Train.Count);
    }

    [Fact]
    public void WhatIsMissingIsListed()
    {
        PutSet("");
        File.Delete(_folder.File("t10k-labels-idx1-ubyte"));

        Assert.Equal(
            $"{_folder.Path}: none of its 3 files is named [prefix-]t10k-labels-idx1-ubyte or [prefix-]t10k-labels.idx1-ubyte or "
            + "[prefix-]test-labels-idx1-ubyte or [prefix-]test-labels.idx1-ubyte, with or without .gz.",
            Assert.Throws<FileNotFoundException>(() => IdxDataset.Open(_folder.Path)).Message);
    }

    [Fact]
    public void AMissingFolderIsNamed() =>
        Assert.Contains(
            _folder.File("none"),
            Assert.Throws<DirectoryNotFoundException>(() => IdxDataset.Open(_folder.File("none"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void TwoSetsInOneFolderAreRefused()
    {
        PutSet("emnist-balanced-");
        PutSet("emnist-letters-");

        Assert.Equal(
            $"{_folder.Path}: 2 files could be the one wanted, expected 1: "
            + "emnist-balanced-train-images-idx3-ubyte, emnist-letters-train-images-idx3-ubyte.",
            Assert.Throws<InvalidDataException>(() => IdxDataset.Open(_folder.Path)).Message);
    }

    [Fact]
    public void HalvesThatDoNotFitAreRefused()
    {
        PutSet("");
        Put("t10k-images-idx3-ubyte", [2, 2, 3]);
        Assert.Equal(
            $"{_folder.File("t10k-images-idx3-ubyte")}: its images are 1 × 2 × 3, "
            + $"but those of {_folder.File("train-images-idx3-ubyte")} 1 × 2 × 2.",
            Assert.Throws<InvalidDataException>(() => IdxDataset.Open(_folder.Path)).Message);

        PutLabels("t10k-labels-idx1-ubyte", 1, 9);
        Assert.Equal(
            $"{_folder.File("t10k-labels-idx1-ubyte")}: label 1 is 9, expected 0 to 4 (5 classes).",
            Assert.Throws<InvalidDataException>(() => IdxDataset.Open(_folder.Path)).Message);
    }

    private static string RepositoryMnist([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../src/SimdNet.Cli/Data/mnist"));

    private void PutSet(string prefix)
    {
        Put($"{prefix}train-images-idx3-ubyte", [3, 2, 2]);
        PutLabels($"{prefix}train-labels-idx1-ubyte", 0, 1, 4);
        Put($"{prefix}t10k-images-idx3-ubyte", [2, 2, 2]);
        PutLabels($"{prefix}t10k-labels-idx1-ubyte", 1, 0);
    }

    private void PutLabels(string name, params byte[] labels) => Put(name, IdxBytes.Of([labels.Length], labels));

    private void Put(string name, int[] dimensions) => Put(name, IdxBytes.Random(dimensions, seed: 1));

    private void Put(string name, byte[] bytes) =>
        _folder.File(name, name.EndsWith(".gz", StringComparison.Ordinal) ? IdxBytes.Gzip(bytes) : bytes);
}
