using SimdNet.Data;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Data;

[Collection(nameof(Alone))]
public sealed class AugmentationTests : IDisposable
{
    private const int Channels = 2, Height = 9, Width = 21, Features = Channels * Height * Width;

    private readonly int _sizeBefore = WorkerTeam.Size;

    public static TheoryData<string> Names => [.. s_all.Keys];

    private static readonly Dictionary<string, Augmentation> s_all = new()
    {
        ["nothing"] = Augmentation.Chain(),
        ["horizontal flip"] = Augmentation.HorizontalFlip(),
        ["vertical flip"] = Augmentation.VerticalFlip(),
        ["crop"] = Augmentation.RandomCrop(padding: 3),
        ["noise"] = Augmentation.GaussianNoise(0.1f),
        ["shift"] = Augmentation.Shift(2.5f),
        ["rotation"] = Augmentation.Rotate(30),
        ["cutout"] = Augmentation.Cutout(4),
        ["normalisation"] = Augmentation.Normalize([0.5f, -0.5f], [2, 3]),
        ["chain"] = Augmentation.Chain(
            Augmentation.Rotate(10), Augmentation.HorizontalFlip(), Augmentation.Cutout(3), Augmentation.GaussianNoise(0.1f)),
    };

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    /// <summary>All samples at once; one by one, backwards; in place; by any number of threads.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_has_the_same_bits_in_any_batch_at_any_place_by_any_thread(string name)
    {
        const int Count = 50;
        Augmentation augmentation = s_all[name];
        int[] samples = [.. Enumerable.Range(0, Count).Select(i => i * i)];
        float[] images = Draws.Normal(Count * Features, stream: 1);
        float[] expected = Apply(augmentation, images, samples);

        float[] alone = new float[images.Length];
        for (int i = Count - 1; i >= 0; i--)
        {
            Apply(augmentation, images[(i * Features)..((i + 1) * Features)], [samples[i]]).CopyTo(alone, i * Features);
        }

        Assert.Equal(Widths.Bits(expected), Widths.Bits(alone));
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] inPlace = [.. images];
            augmentation.Apply(inPlace, Channels, Height, Width, samples, seed: 42, epoch: 1, inPlace);
            Assert.Equal(Widths.Bits(expected), Widths.Bits(inPlace));
        }
    }

    [Theory]
    [InlineData("horizontal flip")]
    [InlineData("vertical flip")]
    [InlineData("crop")]
    [InlineData("noise")]
    [InlineData("shift")]
    [InlineData("rotation")]
    [InlineData("cutout")]
    public void Seed_epoch_and_sample_all_matter(string name)
    {
        const int Count = 50;
        Augmentation augmentation = s_all[name];
        float[] images = [.. Enumerable.Repeat(Draws.Normal(Features, stream: 1), Count).SelectMany(image => image)];
        int[] samples = [.. Enumerable.Range(0, Count)];
        float[] first = Apply(augmentation, images, samples);

        Assert.NotEqual(first, Apply(augmentation, images, samples, seed: 43));
        Assert.NotEqual(first, Apply(augmentation, images, samples, epoch: 2));
        Assert.NotEqual(first, Apply(augmentation, images, [.. samples.Select(sample => sample + 1)]));
        Assert.Contains(Enumerable.Range(1, Count - 1), i => !first.AsSpan(0, Features).SequenceEqual(first.AsSpan(i * Features, Features)));
    }

    /// <summary>Frozen: a group of draws per sample, of Philox(seed, epoch, 2³¹ + the step's place).</summary>
    [Fact]
    public void The_draws_are_those_of_the_generator()
    {
        float[] image = Draws.Normal(Features, stream: 1), expected = new float[Features], draw = new float[1];
        new Philox(42, stream: 7, substream: 0x8000_0001).FillUniform(draw, offset: 128 * 5);
        ImageTransforms.Rotate(image, Height, Width, ((2.0 * draw[0]) - 1) * 30, expected);

        Augmentation chain = Augmentation.Chain(Augmentation.HorizontalFlip(probability: 0), Augmentation.Rotate(30));
        Assert.Equal(expected, Apply(chain, image, [5], seed: 42, epoch: 7));
    }

    [Fact]
    public void A_chain_of_chains_is_one_chain()
    {
        Augmentation flip = Augmentation.HorizontalFlip(), crop = Augmentation.RandomCrop(2), noise = Augmentation.GaussianNoise(0.5f);
        float[] images = Draws.Normal(8 * Features, stream: 2);
        int[] samples = [0, 1, 2, 3, 4, 5, 6, 7];

        float[] flat = Apply(Augmentation.Chain(flip, crop, noise), images, samples);

        Assert.Equal(flat, Apply(Augmentation.Chain(Augmentation.Chain(flip, crop), Augmentation.Chain(noise)), images, samples));
        Assert.NotEqual(flat, Apply(Augmentation.Chain(crop, flip, noise), images, samples));
    }

    /// <summary>Two flips with the same draws would always be none.</summary>
    [Fact]
    public void Equal_steps_have_draws_of_their_own()
    {
        Augmentation twice = Augmentation.Chain(Augmentation.HorizontalFlip(), Augmentation.HorizontalFlip());
        float[] image = Draws.Normal(Features, stream: 3);
        int changed = Enumerable.Range(0, 1000).Count(sample => !Apply(twice, image, [sample]).SequenceEqual(image));
        AssertFrequency(changed, 1000, 0.5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3f)]
    [InlineData(1)]
    public void An_image_is_flipped_as_often_as_the_probability_says(float probability)
    {
        const int Count = 2000;
        float[] image = Draws.Normal(Features, stream: 3), horizontal = [.. image], vertical = [.. image];
        ImageTransforms.FlipHorizontal(horizontal, Width);
        ImageTransforms.FlipVertical(vertical, Height, Width);
        foreach ((Augmentation flip, float[] flipped) in new[]
        {
            (Augmentation.HorizontalFlip(probability), horizontal), (Augmentation.VerticalFlip(probability), vertical),
        })
        {
            int times = 0;
            for (int sample = 0; sample < Count; sample++)
            {
                float[] result = Apply(flip, image, [sample]);
                times += result.SequenceEqual(flipped) ? 1 : 0;
                Assert.True(result.SequenceEqual(flipped) || result.SequenceEqual(image));
            }

            AssertFrequency(times, Count, probability);
        }
    }

    /// <summary>Every window is as likely as any other.</summary>
    [Fact]
    public void A_crop_is_a_move_within_the_padding()
    {
        const int Padding = 1, Count = 3000;
        float[] image = Draws.Normal(Features, stream: 4);
        List<float[]> windows = [];
        for (int down = -Padding; down <= Padding; down++)
        {
            for (int right = -Padding; right <= Padding; right++)
            {
                float[] moved = [.. image];
                ImageTransforms.Move(moved, Height, Width, down, right);
                windows.Add(moved);
            }
        }

        int[] times = new int[windows.Count];
        for (int sample = 0; sample < Count; sample++)
        {
            float[] cropped = Apply(Augmentation.RandomCrop(Padding), image, [sample]);
            times[windows.FindIndex(window => window.SequenceEqual(cropped))]++;
        }

        Assert.All(times, count => AssertFrequency(count, Count, 1.0 / windows.Count));
    }

    /// <summary>A square about any pixel, cut off at the border: rows × columns of each channel.</summary>
    [Fact]
    public void A_cutout_erases_one_square_in_all_channels()
    {
        const int Size = 4;
        float[] image = [.. Enumerable.Repeat(1f, Features)];
        HashSet<int> areas = [];
        for (int sample = 0; sample < 500; sample++)
        {
            float[] result = Apply(Augmentation.Cutout(Size), image, [sample]);
            int[] erased = [.. Enumerable.Range(0, Height * Width).Where(i => result[i] == 0)];
            int rows = 1 + (erased.Max() / Width) - (erased.Min() / Width);
            int columns = 1 + erased.Max(i => i % Width) - erased.Min(i => i % Width);

            Assert.Equal(rows * columns, erased.Length);
            Assert.InRange(rows, Size / 2, Size);
            Assert.InRange(columns, Size / 2, Size);
            Assert.Equal(result[..(Height * Width)], result[(Height * Width)..]);
            areas.Add(erased.Length);
        }

        Assert.Contains(Size * Size, areas);
        Assert.Contains(Size / 2 * (Size / 2), areas); // at a corner
    }

    /// <summary>Of n draws: the mean's deviation is σ/√n, that of their variance σ²·√(2/n), that of a correlation 1/√n.</summary>
    [Fact]
    public void Noise_is_normal_and_of_each_sample_its_own()
    {
        const int Count = 100;
        const double Deviation = 0.25;
        float[] noise = Apply(Augmentation.GaussianNoise(0.25f), new float[Count * Features], [.. Enumerable.Range(0, Count)]);
        double n = noise.Length, mean = noise.Average(value => (double)value), variance = noise.Average(value => (double)value * value);
        double neighbours = noise.Skip(Features).Zip(noise, (a, b) => (double)a * b).Average() / variance;

        Assert.InRange(mean, -5 * Deviation / Math.Sqrt(n), 5 * Deviation / Math.Sqrt(n));
        Assert.InRange((variance / (Deviation * Deviation)) - 1, -5 * Math.Sqrt(2 / n), 5 * Math.Sqrt(2 / n));
        Assert.InRange(neighbours, -5 / Math.Sqrt(n), 5 / Math.Sqrt(n));
    }

    [Fact]
    public void Normalisation_takes_each_channel_by_its_own_numbers()
    {
        float[] image = [.. Enumerable.Repeat(3f, Height * Width), .. Enumerable.Repeat(-2f, Height * Width)];
        float[] result = Apply(Augmentation.Normalize([1, -1], [4, 2]), image, [0]);
        Assert.All(result[..(Height * Width)], value => Assert.Equal(0.5f, value));
        Assert.All(result[(Height * Width)..], value => Assert.Equal(-0.5f, value));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        WorkerTeam.Size = 2;
        float[] images = Draws.Normal(64 * Features, stream: 5), result = new float[images.Length];
        int[] samples = [.. Enumerable.Range(0, 64)];
        Augmentation all = Augmentation.Chain([.. s_all.Values]);
        int epoch = 0;
        AllocationsOf.All(() => all.Apply(images, Channels, Height, Width, samples, seed: 1, epoch++, result));
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        void Refuses(string message, Action call) => Assert.StartsWith(
            message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);

        foreach (float probability in (float[])[-0.1f, 1.1f, float.NaN])
        {
            Refuses($"'probability' is {probability}, expected 0 to 1.", () => Augmentation.HorizontalFlip(probability));
            Refuses($"'probability' is {probability}, expected 0 to 1.", () => Augmentation.VerticalFlip(probability));
        }

        Refuses("'padding' is -1, expected 0 or more.", () => Augmentation.RandomCrop(-1));
        Refuses("'deviation' is 0, expected a finite number above 0.", () => Augmentation.GaussianNoise(0));
        Refuses("'maxPixels' is NaN, expected a finite number above 0.", () => Augmentation.Shift(float.NaN));
        Refuses("'maxDegrees' is 0, expected a finite number above 0.", () => Augmentation.Rotate(0));
        Refuses("'maxDegrees' is 181, expected -180 to 180.", () => Augmentation.Rotate(181));
        Refuses("'size' is 0, expected 1 or more.", () => Augmentation.Cutout(0));
        Refuses("'mean.Length' is 0, expected 1 or more.", () => Augmentation.Normalize([], []));
        Refuses("'deviation' holds 2 values, expected 1.", () => Augmentation.Normalize([0], [1, 1]));
        Refuses("'deviation' is -1, expected a finite number above 0.", () => Augmentation.Normalize([0, 0], [1, -1]));
    }

    [Fact]
    public void Wrong_batches_are_refused_and_nothing_is_written()
    {
        float[] images = [.. Enumerable.Repeat(1f, 24)], result = new float[24];
        void Refuses(string message, Augmentation augmentation, int height, int width, int[] samples, int length) => Assert.StartsWith(
            message,
            Assert.ThrowsAny<ArgumentException>(
                () => augmentation.Apply(images, 1, height, width, samples, 0, 0, result.AsSpan(0, length))).Message,
            StringComparison.Ordinal);

        Augmentation flip = Augmentation.HorizontalFlip(1);
        Refuses("'height' is 0, expected 1 or more.", flip, 0, 4, [0, 1], 24);
        Refuses("'width' is -4, expected 1 or more.", flip, 3, -4, [0, 1], 24);
        Refuses("'channels × height × width' is 4611686014132420609, expected at most", flip, int.MaxValue, int.MaxValue, [0, 1], 24);
        Refuses("'images' holds 24 values, expected 36.", flip, 3, 4, [0, 1, 2], 24);
        Refuses("'samples[1]' is -1, expected 0 or more.", flip, 3, 4, [0, -1], 24);
        Refuses("'destination' holds 23 values, expected 24.", flip, 3, 4, [0, 1], 23);
        Refuses("'mean' holds 3 values, expected 1.", Augmentation.Normalize([0, 0, 0], [1, 1, 1]), 3, 4, [0, 1], 24);
        Refuses("'maxPixels' is 3.5, expected -3 to 3.", Augmentation.Shift(3.5f), 3, 4, [0, 1], 24);
        Assert.Throws<ArgumentException>(
            "destination", () => flip.Apply(images.AsSpan(0, 12), 1, 3, 4, [0], 0, 0, images.AsSpan(1, 12)));
        Assert.All(result, value => Assert.Equal(0, value));
        Assert.All(images, value => Assert.Equal(1, value));
    }

    private static float[] Apply(Augmentation augmentation, float[] images, int[] samples, long seed = 42, int epoch = 1)
    {
        float[] result = new float[images.Length];
        augmentation.Apply(images, Channels, Height, Width, samples, seed, epoch, result);
        return result;
    }

    /// <summary>Within five deviations of a binomial count, which happens to no seed.</summary>
    private static void AssertFrequency(int times, int of, double probability)
    {
        double deviation = Math.Sqrt(of * probability * (1 - probability));
        Assert.InRange(times, (of * probability) - (5 * deviation), (of * probability) + (5 * deviation));
    }
}
