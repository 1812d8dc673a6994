using System.Numerics.Tensors;

namespace SimdNet.Data;

/// <content>Images and labels in IDX files.</content>
public sealed partial class Dataset
{
    /// <summary>Reads images and their labels from two IDX files, as a dataset of bytes.</summary>
    /// <param name="imagesPath">[count, height, width] or [count, channels, height, width] bytes, plain or gzip.</param>
    /// <param name="labelsPath">[count] bytes, plain or gzip.</param>
    /// <param name="classes">The number of classes; where not given, the largest label + 1.</param>
    /// <exception cref="InvalidDataException">A file is no IDX file, or the two do not fit together.</exception>
    public static Dataset FromIdx(string imagesPath, string labelsPath, int? classes = null)
    {
        if (classes is int given)
        {
            Guard.Positive(given, nameof(classes));
        }

        IdxFile images = IdxFile.Read(imagesPath);
        IdxFile labels = IdxFile.Read(labelsPath);
        CheckPair(images, labels);
        int[] classOf = new int[labels.Values.Length];
        TensorPrimitives.ConvertTruncating(labels.Values, classOf);
        int known = classes ?? TensorPrimitives.Max<int>(classOf) + 1;
        CheckLabels(labelsPath, classOf, known);
        int channels = images.Dimensions.Length == 4 ? images.Dimensions[1] : 1;
        return new(images.Bytes, classOf, channels, images.Dimensions[^2], images.Dimensions[^1], known);
    }

    private static void CheckPair(IdxFile images, IdxFile labels)
    {
        if (images.Dimensions.Length is not (3 or 4))
        {
            string hint = images.Dimensions.Length == 1 ? " (a file of labels?)" : "";
            Throw.InvalidData(images.Path, $"its rank is {images.Dimensions.Length}{hint}, expected images: 3 or 4.");
        }

        if (labels.Dimensions.Length != 1)
        {
            Throw.InvalidData(labels.Path, $"its rank is {labels.Dimensions.Length}, expected labels: 1.");
        }

        if (images.Values.IsEmpty)
        {
            Throw.InvalidData(images.Path, $"it holds no values: its dimensions are {string.Join(" × ", images.Dimensions.ToArray())}.");
        }

        if (images.Dimensions[0] != labels.Dimensions[0])
        {
            Throw.InvalidData(images.Path, $"it holds {images.Dimensions[0]} images, but {labels.Path} {labels.Dimensions[0]} labels.");
        }
    }

    /// <summary>Every label of a file is one of the classes.</summary>
    internal static void CheckLabels(string path, ReadOnlySpan<int> labels, int classes)
    {
        int index = labels.IndexOfAnyExceptInRange(0, classes - 1);
        if (index >= 0)
        {
            Throw.InvalidData(path, $"label {index} is {labels[index]}, expected 0 to {classes - 1} ({classes} classes).");
        }
    }
}
