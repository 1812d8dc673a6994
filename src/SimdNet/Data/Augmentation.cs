using SimdNet.Threading;

namespace SimdNet.Data;

/// <summary>
/// Small random changes of images, so that a network learns what does not matter: an immutable description. What becomes of a sample
/// depends on the seed, the epoch and its index in the dataset alone, not on its batch, on threads or on the width of vectors.
/// </summary>
/// <remarks>What comes from outside an image is 0; so <see cref="Normalize(float, float)"/> usually comes last.</remarks>
public sealed class Augmentation
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 13;

    private readonly AugmentationStep[] _steps;

    internal Augmentation(params AugmentationStep[] steps) => _steps = steps;

    /// <summary>One after the other; each has random numbers of its own.</summary>
    /// <param name="augmentations">Any number of them, chains too.</param>
    public static Augmentation Chain(params ReadOnlySpan<Augmentation> augmentations)
    {
        List<AugmentationStep> steps = [];
        foreach (Augmentation augmentation in augmentations)
        {
            steps.AddRange(augmentation._steps);
        }

        return new([.. steps]);
    }

    /// <summary>Left becomes right.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is below 0 or above 1.</exception>
    public static Augmentation HorizontalFlip(float probability = 0.5f)
    {
        Guard.Share(probability, nameof(probability));
        return new(new HorizontalFlipStep(probability));
    }

    /// <summary>Top becomes bottom.</summary>
    /// <inheritdoc cref="HorizontalFlip"/>
    public static Augmentation VerticalFlip(float probability = 0.5f)
    {
        Guard.Share(probability, nameof(probability));
        return new(new VerticalFlipStep(probability));
    }

    /// <summary>A window of the image's own size, anywhere on the image with a border of zeros around it.</summary>
    /// <param name="padding">The border's pixels on each side, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The padding is negative.</exception>
    public static Augmentation RandomCrop(int padding)
    {
        Guard.NotNegative(padding, nameof(padding));
        return new(new RandomCropStep(padding));
    }

    /// <summary>Independent normal noise on every value.</summary>
    /// <param name="deviation">Its standard deviation, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is not a finite number above 0.</exception>
    public static Augmentation GaussianNoise(float deviation)
    {
        Guard.Positive(deviation, nameof(deviation));
        return new(new GaussianNoiseStep(deviation));
    }

    /// <summary>A shift by parts of a pixel, bilinear: down or up, and right or left, each uniform within ±<paramref name="maxPixels"/>.</summary>
    /// <param name="maxPixels">The farthest, above 0; no farther than the image is high and wide.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite and above 0.</exception>
    public static Augmentation Shift(float maxPixels)
    {
        Guard.Positive(maxPixels, nameof(maxPixels));
        return new(new ShiftStep(maxPixels));
    }

    /// <summary>A turn about the centre, bilinear: uniform within ±<paramref name="maxDegrees"/>.</summary>
    /// <param name="maxDegrees">The largest angle, above 0, at most 180.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is out of its range.</exception>
    public static Augmentation Rotate(float maxDegrees)
    {
        Guard.Positive(maxDegrees, nameof(maxDegrees));
        Guard.Within(maxDegrees, 180, nameof(maxDegrees));
        return new(new RotateStep(maxDegrees));
    }

    /// <summary>A square of zeros in all channels, about any pixel; what reaches beyond the image is cut off.</summary>
    /// <remarks>DeVries and Taylor, Improved regularization of convolutional neural networks with cutout (2017).</remarks>
    /// <param name="size">The square's side, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public static Augmentation Cutout(int size)
    {
        Guard.Positive(size, nameof(size));
        return new(new CutoutStep(size));
    }

    /// <summary><c>(x - mean)/deviation</c> for images of one channel; nothing is random.</summary>
    /// <inheritdoc cref="Normalize(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static Augmentation Normalize(float mean, float deviation) => Normalize([mean], [deviation]);

    /// <summary><c>(x - mean)/deviation</c> by the mean and the deviation of each channel; nothing is random.</summary>
    /// <param name="mean">[channels].</param>
    /// <param name="deviation">[channels], each above 0.</param>
    /// <exception cref="ArgumentException">There are no channels, lengths differ, or a deviation is not above 0.</exception>
    public static Augmentation Normalize(ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation)
    {
        Guard.Positive(mean.Length, nameof(mean) + ".Length");
        Guard.Length(deviation.Length, mean.Length, nameof(deviation));
        foreach (float value in deviation)
        {
            Guard.Positive(value, nameof(deviation));
        }

        return new(new NormalizeStep(mean.ToArray(), deviation.ToArray()));
    }

    /// <summary>Changes a batch of images. Nothing is allocated after a thread's first.</summary>
    /// <param name="images">[batch, channels, height, width].</param>
    /// <param name="channels">Planes per image.</param>
    /// <param name="height">Rows per image.</param>
    /// <param name="width">Columns per image.</param>
    /// <param name="samples">[batch]: the indices of the images in their dataset, each 0 or more.</param>
    /// <param name="seed">The key of all random numbers.</param>
    /// <param name="epoch">The second half of the key.</param>
    /// <param name="destination">[batch, channels, height, width]; may start where <paramref name="images"/> starts (in place).</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">A size or an index is out of its range, a length does not fit, or the spans overlap.</exception>
    public unsafe void Apply(
        ReadOnlySpan<float> images, int channels, int height, int width, ReadOnlySpan<int> samples, long seed, int epoch,
        Span<float> destination, int maxThreads = 0)
    {
        ImageSize size = new(channels, height, width);
        Check(size);
        Guard.Length(images.Length, (long)samples.Length * size.Length, nameof(images));
        Guard.NoneNegative(samples, nameof(samples));
        Guard.Length(destination.Length, images.Length, nameof(destination));
        Guard.SameOrApart(images, destination, nameof(images), nameof(destination));
        fixed (float* from = images, to = destination)
        {
            Body body = new(this, from, size, samples, new(seed, epoch), to);
            WorkerTeam.For(samples.Length, Math.Max(1, Grain / size.Length), body, maxThreads);
        }
    }

    /// <summary>Refuses images that a step cannot change.</summary>
    internal void Check(ImageSize size)
    {
        Guard.Positive(size.Channels, "channels");
        Guard.Positive(size.Height, "height");
        Guard.Positive(size.Width, "width");
        Guard.AtMost(size.LongLength, int.MaxValue, "channels × height × width");
        foreach (AugmentationStep step in _steps)
        {
            step.Check(size);
        }
    }

    /// <summary>Changes one image in place.</summary>
    internal void Apply(Span<float> image, ImageSize size, int sample, AugmentationKey key)
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            _steps[i].Apply(image, size, new(key, step: i, sample));
        }
    }

    private readonly unsafe ref struct Body(
        Augmentation augmentation, float* images, ImageSize size, ReadOnlySpan<int> samples, AugmentationKey key, float* destination)
        : IRangeBody
    {
        private readonly ReadOnlySpan<int> _samples = samples;

        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                nint first = (nint)i * size.Length;
                Span<float> image = new(destination + first, size.Length);
                new ReadOnlySpan<float>(images + first, size.Length).CopyTo(image);
                augmentation.Apply(image, size, _samples[i], key);
            }
        }
    }
}
