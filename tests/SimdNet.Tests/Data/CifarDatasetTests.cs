using SimdNet.Data;
using Xunit;

namespace SimdNet.Tests.Data;

public sealed class CifarDatasetTests : IDisposable
{
    private const int Pixels = 3 * 32 * 32;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_five_files_of_CIFAR_10_are_one_set_in_their_order(bool compressed)
    {
        List<byte> labels = [], images = [];
        for (int number = 1; number <= 5; number++)
        {
            byte[] file = Records(number, labelBytes: 1, classes: 10, seed: number);
            labels.AddRange(file.Chunk(1 + Pixels).Select(record => record[0]));
            images.AddRange(file.Chunk(1 + Pixels).SelectMany(record => record[1..]));
            Put($"data_batch_{number}.bin", file, compressed);
        }

        Put("test_batch.bin", Records(2, labelBytes: 1, classes: 10, seed: 9), compressed);

        CifarDataset cifar = CifarDataset.Open(_folder.Path);

        Assert.Equal((15, 2), (cifar.Train.Count, cifar.Test.Count));
        Assert.Equal((3, 32, 32, 10), (cifar.Train.Channels, cifar.Train.Height, cifar.Train.Width, cifar.Train.Classes));
        Assert.Equal(labels.Select(label => (int)label), cifar.Train.Labels.ToArray());
        Assert.Equal(images.Select(value => value / 255f), cifar.Train.Inputs.ToArray());
    }

    [Fact]
    public void CIFAR_100_has_its_fine_labels()
    {
        byte[] train = Records(4, labelBytes: 2, classes: 100, seed: 1);
        train[1] = 99;
        Put("train.bin", train);
        Put("test.bin", Records(1, labelBytes: 2, classes: 100, seed: 2));

        CifarDataset cifar = CifarDataset.Open(_folder.Path);

        Assert.Equal((4, 1, 100, 100), (cifar.Train.Count, cifar.Test.Count, cifar.Train.Classes, cifar.Test.Classes));
        Assert.Equal(train.Chunk(2 + Pixels).Select(record => (int)record[1]), cifar.Train.Labels.ToArray());
        Assert.Equal(train[2] / 255f, cifar.Train.Inputs[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Pixels)]
    [InlineData(Pixels + 2)]
    [InlineData((2 * Pixels) + 1)]
    public void A_file_of_the_wrong_length_is_named_with_its_length_and_the_records(int length)
    {
        PutCifar10();
        Put("data_batch_3.bin", new byte[length]);
        AssertRefused(
            "data_batch_3.bin", $"the file holds {length} bytes, expected whole records of 3073: 1 of label, 3 × 32 × 32 of image.");
    }

    [Fact]
    public void So_is_an_archive_by_its_trailer()
    {
        PutCifar10();
        File.Delete(_folder.File("data_batch_3.bin"));
        Put("data_batch_3.bin", new byte[3000], compressed: true);
        AssertRefused("data_batch_3.bin.gz", "the gzip trailer says 3000 bytes, expected whole records of 3073");
    }

    [Fact]
    public void Records_of_the_other_set_are_refused()
    {
        Put("train.bin", Records(5, labelBytes: 1, classes: 10, seed: 1));
        Put("test.bin", Records(5, labelBytes: 1, classes: 10, seed: 1));
        AssertRefused("train.bin", $"the file holds {5 * 3073} bytes, expected whole records of 3074: 2 of label, 3 × 32 × 32 of image.");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(255)]
    public void A_label_that_is_no_class_is_named_with_its_index(byte label)
    {
        PutCifar10();
        byte[] file = Records(4, labelBytes: 1, classes: 10, seed: 1);
        file[2 * (1 + Pixels)] = label;
        Put("test_batch.bin", file);
        AssertRefused("test_batch.bin", $"label 2 is {label}, expected 0 to 9 (10 classes).");
    }

    [Fact]
    public void A_trailer_that_lies_is_refused()
    {
        PutCifar10();
        byte[] packed = IdxBytes.Gzip(Records(2, labelBytes: 1, classes: 10, seed: 1));
        BitConverter.TryWriteBytes(packed.AsSpan(^4..), 3 * (1 + Pixels));
        File.Delete(_folder.File("test_batch.bin"));
        _folder.File("test_batch.bin.gz", packed);
        Assert.Throws<InvalidDataException>(() => CifarDataset.Open(_folder.Path));
    }

    [Theory]
    [InlineData("data_batch_1.bin")]
    [InlineData("data_batch_5.bin")]
    [InlineData("test_batch.bin")]
    public void A_missing_file_is_named(string name)
    {
        PutCifar10();
        File.Delete(_folder.File(name));
        Assert.Equal(
            $"{_folder.Path}: it holds no {name}, with or without .gz.",
            Assert.Throws<FileNotFoundException>(() => CifarDataset.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Two_sets_in_one_folder_are_refused()
    {
        PutCifar10();
        Put("test.bin", Records(1, labelBytes: 2, classes: 100, seed: 2));
        Assert.Equal(
            $"{_folder.Path}: it holds files of 2 sets, expected 1: test_batch.bin, test.bin.",
            Assert.Throws<InvalidDataException>(() => CifarDataset.Open(_folder.Path)).Message);
    }

    [Fact]
    public void A_folder_is_known_by_any_of_its_files()
    {
        Assert.False(CifarDataset.IsIn(_folder.Path));
        Put("data_batch_4.bin", [], compressed: true);
        Assert.True(CifarDataset.IsIn(_folder.Path));
    }

    /// <summary>Records with random labels and images; every label byte is a class.</summary>
    internal static byte[] Records(int count, int labelBytes, int classes, int seed)
    {
        Random random = new(seed);
        byte[] bytes = new byte[count * (labelBytes + Pixels)];
        random.NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = i % (labelBytes + Pixels) < labelBytes ? (byte)(bytes[i] % classes) : bytes[i];
        }

        return bytes;
    }

    private void PutCifar10()
    {
        foreach (string name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
        {
            Put($"{name}.bin", Records(1, labelBytes: 1, classes: 10, seed: 1));
        }
    }

    private void Put(string name, byte[] bytes, bool compressed = false) =>
        _folder.File(compressed ? name + ".gz" : name, compressed ? IdxBytes.Gzip(bytes) : bytes);

    private void AssertRefused(string name, string message) => Assert.StartsWith(
        $"{_folder.File(name)}: {message}",
        Assert.Throws<InvalidDataException>(() => CifarDataset.Open(_folder.Path)).Message,
        StringComparison.Ordinal);
}
