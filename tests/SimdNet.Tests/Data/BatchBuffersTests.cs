using SimdNet.Data;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Data;

[Collection(nameof(Alone))]
public sealed class BatchBuffersTests : IDisposable
{
    private const int Count = 101, Channels = 1, Height = 10, Width = 30, Features = Channels * Height * Width;

    private static readonly Augmentation s_augmentation = Augmentation.Chain(
        Augmentation.RandomCrop(2), Augmentation.HorizontalFlip(), Augmentation.Rotate(15), Augmentation.GaussianNoise(0.1f));

    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [InlineData(1, 16, 5L)]
    [InlineData(2, 16, 5L)]
    [InlineData(3, 7, null)]
    [InlineData(2, 1000, null)]
    public void Every_batch_is_the_augmented_one_of_its_samples(int threads, int batchSize, long? seed)
    {
        WorkerTeam.Size = threads;
        Dataset dataset = Images();
        float[] expected = new float[batchSize * Features], originals = new float[batchSize * Features];
        List<int> seen = [];
        foreach (Batch batch in dataset.Batches(batchSize, seed, epoch: 3, augmentation: s_augmentation))
        {
            int[] samples = [.. Enumerable.Range(0, batch.Count)];
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = batch.SampleAt(i);
                Assert.Equal(dataset.Labels[samples[i]], batch.Labels[i]);
                dataset.Inputs.Slice(samples[i] * Features, Features).CopyTo(originals.AsSpan(i * Features));
            }

            int length = batch.Count * Features;
            s_augmentation.Apply(originals.AsSpan(0, length), Channels, Height, Width, samples, seed ?? 0, 3, expected.AsSpan(0, length));
            Assert.True(batch.Inputs.SequenceEqual(expected.AsSpan(0, length)));
            seen.AddRange(samples);
        }

        Assert.Equal(Enumerable.Range(0, Count), seed is null ? seen : seen.Order());
    }

    /// <summary>While a trainer's loops have the team, and while it has time: the same sum of bits.</summary>
    [Fact]
    public void Timing_does_not_matter()
    {
        WorkerTeam.Size = 2;
        Dataset dataset = Images();
        int expected = Checksum(dataset, _ => { });
        float[] busy = new float[100_000];
        for (int round = 0; round < 5; round++)
        {
            Assert.Equal(expected, Checksum(dataset, _ => WorkerTeam.For(busy.Length, 1000, new Busy(busy))));
            Assert.Equal(expected, Checksum(dataset, batch => Thread.SpinWait(batch * 1000)));
        }
    }

    [Fact]
    public void The_next_batch_is_prepared_while_this_one_is_in_use()
    {
        WorkerTeam.Size = 2;
        Counting counting = new();
        int used = 0;
        foreach (Batch batch in Images().Batches(20, augmentation: new(counting)))
        {
            used += batch.Count;
            int prepared = Math.Min(used + 20, Count);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref counting.Samples) == prepared, millisecondsTimeout: 10_000));
        }
    }

    [Fact]
    public void After_the_first_epoch_no_thread_allocates()
    {
        WorkerTeam.Size = 2;
        Dataset dataset = Images();
        int epoch = 0;
        AllocationsOf.All(() =>
        {
            foreach (Batch batch in dataset.Batches(16, shuffleSeed: 1, epoch++, augmentation: s_augmentation))
            {
                Assert.True(batch.Count > 0);
            }
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_failure_reaches_who_walks_and_the_next_walk_is_whole(int threads)
    {
        WorkerTeam.Size = threads;
        Dataset dataset = Images();
        int batches = 0;
        void Walk(Augmentation augmentation)
        {
            foreach (Batch batch in dataset.Batches(10, augmentation: augmentation))
            {
                batches++;
            }
        }

        Assert.Equal("sample 35", Assert.Throws<InvalidOperationException>(() => Walk(new(new Failing(35)))).Message);
        Assert.Equal(3, batches);
        Walk(s_augmentation);
        Assert.Equal(3 + 11, batches);
    }

    /// <summary>By break, and by an enumerator that nobody disposes.</summary>
    [Fact]
    public void A_walk_may_be_left_at_any_time()
    {
        WorkerTeam.Size = 2;
        Dataset dataset = Images();
        int expected = Checksum(dataset, _ => { });
        for (int stop = 0; stop < 5; stop++)
        {
            BatchEnumerator forgotten = dataset.Batches(16, shuffleSeed: 9, augmentation: s_augmentation).GetEnumerator();
            int batches = 0;
            foreach (Batch batch in dataset.Batches(16, shuffleSeed: 8, augmentation: s_augmentation))
            {
                if (batches++ == stop)
                {
                    break;
                }

                forgotten.MoveNext();
            }

            Assert.Equal(expected, Checksum(dataset, _ => { }));
        }
    }

    [Fact]
    public void Two_walks_at_the_same_time_do_not_disturb_each_other()
    {
        WorkerTeam.Size = 2;
        Dataset dataset = Images();
        int expected = Checksum(dataset, _ => { });
        int inner = 0, outer = Checksum(dataset, batch => inner = batch == 1 ? Checksum(dataset, _ => { }) : inner);
        Assert.Equal((expected, expected), (inner, outer));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4L)]
    public void Targets_go_with_their_samples(long? seed)
    {
        float[] inputs = [.. Enumerable.Range(0, 30).Select(i => (float)i)], targets = [.. Enumerable.Range(0, 20).Select(i => 100f + i)];
        Dataset dataset = Dataset.ForRegression(inputs, targets, Shape.Vector(3), outputs: 2);
        List<int> seen = [];
        foreach (Batch batch in dataset.Batches(4, seed))
        {
            Assert.Equal((batch.Count * 3, batch.Count * 2, 0), (batch.Inputs.Length, batch.Targets.Length, batch.Labels.Length));
            for (int i = 0; i < batch.Count; i++)
            {
                int sample = batch.SampleAt(i);
                Assert.Equal(3 * sample, batch.Inputs[3 * i]);
                Assert.Equal([100 + (2 * sample), 101 + (2 * sample)], batch.Targets.Slice(2 * i, 2).ToArray());
                seen.Add(sample);
            }
        }

        Assert.Equal(Enumerable.Range(0, 10), seed is null ? seen : seen.Order());
    }

    [Fact]
    public void A_place_beyond_the_batch_has_no_sample()
    {
        foreach (Batch batch in Images().Batches(16))
        {
            bool refused = false;
            try
            {
                batch.SampleAt(batch.Count);
            }
            catch (ArgumentOutOfRangeException)
            {
                refused = true;
            }

            Assert.True(refused);
        }
    }

    [Fact]
    public void An_augmentation_that_cannot_change_the_images_is_refused_at_once() => Assert.StartsWith(
        "'mean' holds 3 values, expected 1.",
        Assert.Throws<ArgumentException>(() => Images().Batches(16, augmentation: Augmentation.Normalize([0, 0, 0], [1, 1, 1]))).Message,
        StringComparison.Ordinal);

    private static Dataset Images() => new(
        Draws.Normal(Count * Features, stream: 1), [.. Enumerable.Range(0, Count)], Channels, Height, Width, classes: Count);

    private static int Checksum(Dataset dataset, Action<int> train)
    {
        HashCode sum = default;
        int number = 0;
        foreach (Batch batch in dataset.Batches(16, shuffleSeed: 1, augmentation: s_augmentation))
        {
            train(number++);
            sum.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(batch.Inputs));
        }

        return sum.ToHashCode();
    }

    private sealed class Failing(int failing) : AugmentationStep
    {
        public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
        {
            if (draws.Sample == failing)
            {
                throw new InvalidOperationException($"sample {failing}");
            }
        }
    }

    private sealed class Counting : AugmentationStep
    {
        public int Samples;

        public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws) => Interlocked.Increment(ref Samples);
    }

    private readonly struct Busy(float[] values) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                values[i] = MathF.Sqrt(values[i] + i);
            }
        }
    }
}
