using SimdNet.Kernels;

namespace SimdNet.Data;

/// <content>The steps of <see cref="Augmentation"/>; what they do is said there.</content>
internal sealed class HorizontalFlipStep(float probability) : AugmentationStep
{
    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
    {
        if (draws.Chance(probability))
        {
            ImageTransforms.FlipHorizontal(image, size.Width);
        }
    }
}

internal sealed class VerticalFlipStep(float probability) : AugmentationStep
{
    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
    {
        if (draws.Chance(probability))
        {
            ImageTransforms.FlipVertical(image, size.Height, size.Width);
        }
    }
}

internal sealed class RandomCropStep(int padding) : AugmentationStep
{
    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
    {
        Span<float> uniform = stackalloc float[2];
        draws.Uniform(uniform);
        ImageTransforms.Move(image, size.Height, size.Width, Offset(uniform[0]), Offset(uniform[1]));
    }

    /// <summary>One of -padding … padding.</summary>
    private int Offset(float draw) => (int)((long)(draw * ((2.0 * padding) + 1)) - padding);
}

internal sealed class GaussianNoiseStep(float deviation) : AugmentationStep
{
    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws) =>
        ImageTransforms.AddNormal(image, deviation, draws.Philox, (long)draws.Sample * size.Length);
}

internal sealed class ShiftStep(float maxPixels) : AugmentationStep
{
    public override void Check(ImageSize size)
    {
        Guard.AtMost(Math.Max(size.Height, size.Width), ImageTransforms.MaxResampledSide, "height or width");
        Guard.Within(maxPixels, Math.Min(size.Height, size.Width), nameof(maxPixels));
    }

    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
    {
        Span<float> uniform = stackalloc float[2];
        draws.Uniform(uniform);
        (double down, double right) = (Symmetric(uniform[0], maxPixels), Symmetric(uniform[1], maxPixels));
        int length = size.Height * size.Width;
        for (int start = 0; start < image.Length; start += length)
        {
            Span<float> plane = image.Slice(start, length);
            ImageTransforms.Shift(Copy(plane), size.Height, size.Width, down, right, plane);
        }
    }
}

internal sealed class RotateStep(float maxDegrees) : AugmentationStep
{
    public override void Check(ImageSize size) =>
        Guard.AtMost(Math.Max(size.Height, size.Width), ImageTransforms.MaxResampledSide, "height or width");

    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
    {
        float uniform = 0;
        draws.Uniform(new(ref uniform));
        double degrees = Symmetric(uniform, maxDegrees);
        int length = size.Height * size.Width;
        for (int start = 0; start < image.Length; start += length)
        {
            Span<float> plane = image.Slice(start, length);
            ImageTransforms.Rotate(Copy(plane), size.Height, size.Width, degrees, plane);
        }
    }
}

internal sealed class CutoutStep(int size) : AugmentationStep
{
    public override void Apply(Span<float> image, ImageSize imageSize, in AugmentationDraws draws)
    {
        Span<float> uniform = stackalloc float[2];
        draws.Uniform(uniform);
        int row = (int)((double)uniform[0] * imageSize.Height), column = (int)((double)uniform[1] * imageSize.Width);
        ImageTransforms.Erase(image, imageSize.Height, imageSize.Width, row - (size / 2), column - (size / 2), size, size);
    }
}

internal sealed class NormalizeStep(float[] mean, float[] deviation) : AugmentationStep
{
    public override void Check(ImageSize size) => Guard.Length(mean.Length, size.Channels, nameof(mean));

    public override void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws)
    {
        int length = size.Height * size.Width;
        for (int channel = 0; channel < size.Channels; channel++)
        {
            ImageTransforms.Standardize(image.Slice(channel * length, length), mean[channel], deviation[channel]);
        }
    }
}
