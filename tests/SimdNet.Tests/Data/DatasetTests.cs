using SimdNet.Data;
using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Data;

public sealed class DatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void HoldsTheArraysItWasGiven()
    {
        float[] inputs = [1, 2, 3, 4, 5, 6];
        int[] labels = [1, 0, 1];

        Dataset dataset = new(inputs, labels, features: 2, classes: 2);

        Assert.Equal((3, 2, 2), (dataset.Count, dataset.Features, dataset.Classes));
        Assert.Equal((1, 1, 2), (dataset.Channels, dataset.Height, dataset.Width));
        Assert.True(dataset.Inputs == inputs);
        Assert.True(dataset.Labels == labels);
    }

    [Theory]
    [InlineData(5, 3, 2, 2, "'inputs' holds 5 values, expected 3 × 2")]
    [InlineData(0, 3, 2, 2, "'inputs' holds 0 values, expected 3 × 2")]
    [InlineData(6, 3, 0, 2, "'width' is 0, expected 1 or more")]
    [InlineData(6, 3, 2, 0, "'classes' is 0, expected 1 or more")]
    [InlineData(0, 0, 2, 2, "'labels.Length' is 0, expected 1 or more")]
    public void RefusesWhatDoesNotFit(int inputs, int labels, int features, int classes, string message)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(
            () => new Dataset(new float[inputs], new int[labels], features, classes));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesASampleSizeThatWouldOverflow() =>
        Assert.Contains(
            "expected 1 × 281474976710656", // 2¹⁶ · 2¹⁶ · 2¹⁶: 0 in 32 bits
            Assert.Throws<ArgumentException>(() => new Dataset([], [0], 65536, 65536, 65536, classes: 1)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void RefusesALabelByIndexAndValue(int label) =>
        Assert.StartsWith(
            $"'labels[1]' is {label}, expected 0 to 1 (2 classes).",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Dataset(new float[3], [0, label, 7], 1, 2)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void TargetsStandInPlaceOfLabels()
    {
        float[] inputs = new float[24], targets = [1, 2, 3, 4];

        Dataset dataset = Dataset.ForRegression(inputs, targets, Shape.Image(2, 3, 2), outputs: 2);

        Assert.Equal((2, 12, 0, 2), (dataset.Count, dataset.Features, dataset.Classes, dataset.Outputs));
        Assert.Equal((2, 3, 2), (dataset.Channels, dataset.Height, dataset.Width));
        Assert.True(dataset.Targets == targets);
        Assert.True(dataset.Labels.IsEmpty);
    }

    [Theory]
    [InlineData(5, 3, 1, "'inputs' holds 5 values, expected 3 × 2")]
    [InlineData(6, 3, 2, "'targets' holds 3 values, expected a multiple of 2")]
    [InlineData(6, 0, 1, "'targets.Length' is 0, expected 1 or more")]
    [InlineData(6, 3, 0, "'outputs' is 0, expected 1 or more")]
    public void RefusesTargetsThatDoNotFit(int inputs, int targets, int outputs, string message) => Assert.StartsWith(
        message,
        Assert.ThrowsAny<ArgumentException>(
            () => Dataset.ForRegression(new float[inputs], new float[targets], Shape.Vector(2), outputs)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void EveryByteIsScaledByOneRounding()
    {
        byte[] values = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        Dataset dataset = Dataset.FromIdx(
            _folder.File("images", IdxBytes.Of([1, 16, 16], values)), _folder.File("labels", IdxBytes.Of([1], [3])));

        Assert.Equal(values.Select(value => value / 255f), dataset.Inputs.ToArray());
        Assert.Equal((1, 16, 16, 256), (dataset.Channels, dataset.Height, dataset.Width, dataset.Features));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3L)]
    public void BatchesOfBytesHoldTheNumbersThatTheyStandFor(long? shuffleSeed)
    {
        byte[] bytes = [.. Enumerable.Range(0, 7 * 3 * 20).Select(i => (byte)(i * 89))];
        Dataset dataset = Dataset.FromBytes(bytes, [0, 1, 2, 3, 4, 5, 6], 3, 4, 5, 7);
        Assert.Equal((7, 3, 4, 5, 7), (dataset.Count, dataset.Channels, dataset.Height, dataset.Width, dataset.Classes));
        List<int> seen = [];
        foreach (Batch batch in dataset.Batches(3, shuffleSeed))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                int sample = batch.Labels[i];
                Assert.Equal(batch.SampleAt(i), sample);
                Assert.Equal(bytes.Skip(60 * sample).Take(60).Select(value => value / 255f), batch.Inputs.Slice(60 * i, 60).ToArray());
                seen.Add(sample);
            }
        }

        Assert.Equal(Enumerable.Range(0, 7), shuffleSeed is null ? seen : seen.Order());
        Assert.Equal(bytes.Select(value => value / 255f), dataset.Inputs.ToArray());
        Assert.True(dataset.Inputs == dataset.Inputs); // made once
    }

    [Fact]
    public void BatchesOfBytesDoWithoutAllTheNumbersAtOnce()
    {
        const int Count = 4000, Features = 1000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Dataset dataset = Dataset.FromBytes(new byte[Count * Features], new int[Count], 1, 1, Features, 1);
        foreach (Batch batch in dataset.Batches(100))
        {
            Assert.Equal(100, batch.Count);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Count * Features, 2 * Count * Features);
    }

    [Fact]
    public void BytesThatDoNotFitAreRefused()
    {
        Assert.StartsWith(
            "'inputs' holds 5 values, expected 3 × 2",
            Assert.Throws<ArgumentException>(() => Dataset.FromBytes(new byte[5], new int[3], 1, 1, 2, 2)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "'labels[1]' is 2, expected 0 to 1 (2 classes).",
            Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.FromBytes(new byte[6], [0, 2, 0], 1, 1, 2, 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ClassesAreTheLargestLabelAndOneOrAsGiven()
    {
        string images = _folder.File("images", IdxBytes.Random([3, 2, 4], seed: 1));
        string labels = _folder.File("labels", IdxBytes.Of([3], [1, 26, 2])); // as in EMNIST's letters, which begin at 1

        Assert.Equal(27, Dataset.FromIdx(images, labels).Classes);
        Assert.Equal(30, Dataset.FromIdx(images, labels, classes: 30).Classes);
        Assert.Equal([1, 26, 2], Dataset.FromIdx(images, labels).Labels.ToArray());
        Assert.Equal($"{labels}: label 1 is 26, expected 0 to 9 (10 classes).",
            Assert.Throws<InvalidDataException>(() => Dataset.FromIdx(images, labels, classes: 10)).Message);
        Assert.StartsWith(
            "'classes' is 0, expected 1 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.FromIdx(images, labels, classes: 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ColoursAreChannelsBeforeRows()
    {
        Dataset dataset = Dataset.FromIdx(
            _folder.File("images", IdxBytes.Random([2, 3, 4, 5], seed: 1)), _folder.File("labels", IdxBytes.Of([2], [0, 1])));

        Assert.Equal((2, 3, 4, 5), (dataset.Count, dataset.Channels, dataset.Height, dataset.Width));
    }

    [Fact]
    public void FilesThatAreNotAPairAreRefused()
    {
        string images = _folder.File("images", IdxBytes.Random([3, 2, 2], seed: 1));
        string labels = _folder.File("labels", IdxBytes.Of([3], [0, 1, 2]));
        string fewer = _folder.File("fewer", IdxBytes.Of([2], [0, 1]));
        string none = _folder.File("none", IdxBytes.Of([0], []));
        string noImages = _folder.File("no-images", IdxBytes.Of([0, 2, 2], []));

        AssertRefused(images, fewer, $"{images}: it holds 3 images, but {fewer} 2 labels.");
        AssertRefused(labels, labels, $"{labels}: its rank is 1 (a file of labels?), expected images: 3 or 4.");
        AssertRefused(images, images, $"{images}: its rank is 3, expected labels: 1.");
        AssertRefused(noImages, none, $"{noImages}: it holds no values: its dimensions are 0 × 2 × 2.");

        static void AssertRefused(string images, string labels, string message) =>
            Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Dataset.FromIdx(images, labels)).Message);
    }
}
