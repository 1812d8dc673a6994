using FsCheck;
using FsCheck.Xunit;
using SimdNet.Data;
using Xunit;

namespace SimdNet.Tests.Data;

public class BatchesTests
{
    [Property]
    public void InOrderEveryBatchIsASliceOfTheDataset(PositiveInt count, PositiveInt batchSize, byte features, bool dropLast)
    {
        Dataset dataset = Numbered(count.Get, 1 + features % 5);
        Batches batches = dataset.Batches(batchSize.Get, dropLast: dropLast);

        int seen = 0, number = 0;
        foreach (Batch batch in batches)
        {
            Assert.True(batch.Inputs == dataset.Inputs.Slice(seen * dataset.Features, batch.Count * dataset.Features));
            Assert.True(batch.Labels == dataset.Labels.Slice(seen, batch.Count));
            seen += batch.Count;
            number++;
        }

        Assert.Equal(batches.Count, number);
        Assert.Equal(dropLast ? count.Get / batchSize.Get * batchSize.Get : count.Get, seen);
    }

    [Property]
    public void ShuffledEverySampleComesOnceWithItsLabel(PositiveInt count, PositiveInt batchSize, byte features, int seed, bool dropLast)
    {
        Dataset dataset = Numbered(count.Get, 1 + features % 5);
        int full = count.Get / batchSize.Get * batchSize.Get;

        List<int> seen = Walk(dataset, batchSize.Get, seed, dropLast: dropLast);

        Assert.Equal(dropLast ? full : count.Get, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public void OnlyTheLastBatchIsSmaller()
    {
        List<int> sizes = [];
        foreach (Batch batch in Numbered(10, 2).Batches(4, shuffleSeed: 1))
        {
            Assert.Equal(batch.Count * 2, batch.Inputs.Length);
            sizes.Add(batch.Count);
        }

        Assert.Equal([4, 4, 2], sizes);
    }

    [Fact]
    public void TheKeyDecidesNotTheHistory()
    {
        Dataset dataset = Numbered(100, 1);
        List<int> first = Walk(dataset, 7, seed: 3);
        List<int> other = Walk(dataset, 9, seed: 4);

        Assert.Equal(first, Walk(dataset, 7, seed: 3));
        Assert.Equal(first, Walk(Numbered(100, 1), 10, seed: 3));
        Assert.NotEqual(first, other);
        Assert.NotEqual(first, Walk(dataset, 7, seed: 3, epoch: 1));
    }

    [Fact]
    public void TwoWalksAtTheSameTimeDoNotDisturbEachOther()
    {
        Dataset dataset = Numbered(60, 3);
        List<int> expected = Walk(dataset, 8, seed: 1);

        List<int> outer = [];
        foreach (Batch batch in dataset.Batches(8, shuffleSeed: 1))
        {
            Walk(dataset, 4, seed: 2);
            outer.AddRange(batch.Labels);
        }

        Assert.Equal(expected, outer);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1000)] // more than there are
    public void AfterTheFirstEpochNothingIsAllocated(int batchSize)
    {
        Dataset dataset = Numbered(500, 20);
        float sum = Sum(dataset, batchSize, epochs: 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += Sum(dataset, batchSize, epochs: 5);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.NotEqual(0, sum);
    }

    [Fact]
    public void ALeftWalkGivesItsBuffersBack()
    {
        Dataset dataset = Numbered(500, 20);
        LeaveAtOnce(dataset);

        long before = GC.GetAllocatedBytesForCurrentThread();
        LeaveAtOnce(dataset);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void LeaveAtOnce(Dataset dataset)
        {
            foreach (Batch batch in dataset.Batches(64, shuffleSeed: 1))
            {
                return;
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void ABatchHoldsAtLeastOneSample(int batchSize) =>
        Assert.StartsWith($"'batchSize' is {batchSize}, expected 1 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(3, 1).Batches(batchSize)).Message, StringComparison.Ordinal);

    /// <summary>Sample i has the label i, and the values i · features, i · features + 1, …</summary>
    private static Dataset Numbered(int count, int features) =>
        new([.. Enumerable.Range(0, count * features).Select(i => (float)i)], [.. Enumerable.Range(0, count)], features, count);

    /// <summary>The labels in the order of a shuffled walk; on the way, each sample must have its own values.</summary>
    private static List<int> Walk(Dataset dataset, int batchSize, long seed, int epoch = 0, bool dropLast = false)
    {
        List<int> seen = [];
        foreach (Batch batch in dataset.Batches(batchSize, seed, epoch, dropLast))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                int sample = batch.Labels[i];
                Assert.True(batch.Inputs.Slice(i * dataset.Features, dataset.Features)
                    .SequenceEqual(dataset.Inputs.Slice(sample * dataset.Features, dataset.Features)));
                seen.Add(sample);
            }
        }

        return seen;
    }

    private static float Sum(Dataset dataset, int batchSize, int epochs)
    {
        float sum = 0;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            foreach (Batch batch in dataset.Batches(batchSize, shuffleSeed: epoch))
            {
                sum += batch.Inputs[0] + batch.Labels[0];
            }

            foreach (Batch batch in dataset.Batches(batchSize))
            {
                sum += batch.Inputs[0] + batch.Labels[0];
            }
        }

        return sum;
    }
}
