using System.Numerics.Tensors;

namespace SimdNet.Data;

/// <summary>Samples in memory: inputs [count, features], and a label each from 0 to classes - 1. Safe for any number of readers.</summary>
public sealed class Dataset
{
    private readonly float[] _inputs;
    private readonly int[] _labels;
    private ShuffleBuffers? _spare;

    /// <summary>Takes two arrays as a dataset; they are not copied, and from now on belong to it.</summary>
    /// <param name="inputs">[count, features], row-major.</param>
    /// <param name="labels">[count], each from 0 to <paramref name="classes"/> - 1.</param>
    /// <param name="features">Values per sample.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">A length does not fit the others, or a label is out of range.</exception>
    public Dataset(float[] inputs, int[] labels, int features, int classes)
        : this(inputs, labels, channels: 1, height: 1, width: features, classes)
    {
    }

    /// <summary>Takes two arrays as a dataset of images; they are not copied, and from now on belong to it.</summary>
    /// <param name="inputs">[count, channels, height, width], row-major.</param>
    /// <param name="labels">[count], each from 0 to <paramref name="classes"/> - 1.</param>
    /// <param name="channels">Values per pixel, each a plane of its own.</param>
    /// <param name="height">Rows per image.</param>
    /// <param name="width">Columns per image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">A length does not fit the others, or a label is out of range.</exception>
    public Dataset(float[] inputs, int[] labels, int channels, int height, int width, int classes)
    {
        Guard.Positive(channels, nameof(channels));
        Guard.Positive(height, nameof(height));
        Guard.Positive(width, nameof(width));
        Guard.Positive(classes, nameof(classes));
        Guard.Positive(labels.Length, nameof(labels) + ".Length");
        Guard.SampleCount(inputs.Length, labels.Length, (Int128)channels * height * width, nameof(inputs));
        Guard.Labels(labels, classes, nameof(labels));
        (_inputs, _labels) = (inputs, labels);
        (Channels, Height, Width, Classes) = (channels, height, width, classes);
    }

    /// <summary>Samples.</summary>
    public int Count => _labels.Length;

    /// <summary>Values per sample: channels × height × width.</summary>
    public int Features => Channels * Height * Width;

    /// <summary>Planes per image; 1 for anything but images.</summary>
    public int Channels { get; }

    /// <summary>Rows per image; 1 for anything but images.</summary>
    public int Height { get; }

    /// <summary>Columns per image; all the features for anything but images.</summary>
    public int Width { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>All inputs: [count, features].</summary>
    public ReadOnlySpan<float> Inputs => _inputs;

    /// <summary>All labels: [count].</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Reads images and their labels from two IDX files; bytes 0 … 255 become 0 … 1.</summary>
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

        float[] inputs = GC.AllocateUninitializedArray<float>(images.Values.Length);
        TensorPrimitives.ConvertTruncating(images.Values, inputs);
        TensorPrimitives.Divide(inputs, byte.MaxValue, inputs);
        int channels = images.Dimensions.Length == 4 ? images.Dimensions[1] : 1;
        return new(inputs, classOf, channels, images.Dimensions[^2], images.Dimensions[^1], known);
    }

    /// <summary>The samples in batches, for one <c>foreach</c>; 0 bytes are allocated after the first.</summary>
    /// <param name="batchSize">Samples per batch; the last one may be smaller.</param>
    /// <param name="shuffleSeed">The key of a random order; without it the order is that of the dataset, and nothing is copied.</param>
    /// <param name="epoch">The second half of the key, for those who keep one seed: each epoch has its own order.</param>
    /// <param name="dropLast">Whether to leave out a last batch that is not full.</param>
    public Batches Batches(int batchSize, long? shuffleSeed = null, int epoch = 0, bool dropLast = false)
    {
        Guard.Positive(batchSize, nameof(batchSize));
        return new(this, batchSize, shuffleSeed, epoch, dropLast);
    }

    /// <summary>
    /// Buffers of the last shuffle that ended, or new ones: two shuffles at the same time never share theirs, and one after the other
    /// allocates nothing.
    /// </summary>
    internal ShuffleBuffers Rent(int batchSize)
    {
        int most = Math.Min(batchSize, Count);
        ShuffleBuffers? spare = Interlocked.Exchange(ref _spare, null);
        return spare?.Labels.Length >= most ? spare : new(Count, most, Features);
    }

    internal void Return(ShuffleBuffers buffers) => _spare = buffers;

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

    private static void CheckLabels(string path, ReadOnlySpan<int> labels, int classes)
    {
        int index = labels.IndexOfAnyExceptInRange(0, classes - 1);
        if (index >= 0)
        {
            Throw.InvalidData(path, $"label {index} is {labels[index]}, expected 0 to {classes - 1} ({classes} classes).");
        }
    }
}
