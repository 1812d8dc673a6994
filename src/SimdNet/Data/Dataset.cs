using System.Numerics.Tensors;
using SimdNet.Memory;

namespace SimdNet.Data;

/// <summary>
/// Samples in memory: inputs [count, features], and for each a label from 0 to classes - 1, or else target outputs. Safe for any number of
/// readers.
/// </summary>
public sealed partial class Dataset
{
    private readonly byte[]? _bytes; // [count, features], of inputs that are kept so
    private float[]? _inputs; // [count, features]; of bytes, when somebody has asked for all
    private readonly int[] _labels = [];
    private readonly float[] _targets = [];
    private BatchBuffers? _spare;

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
        : this(inputs.Length, labels, channels, height, width, classes) => _inputs = inputs;

    private Dataset(byte[] inputs, int[] labels, int channels, int height, int width, int classes)
        : this(inputs.Length, labels, channels, height, width, classes) => _bytes = inputs;

    private Dataset(int inputs, int[] labels, int channels, int height, int width, int classes)
    {
        Guard.Positive(channels, nameof(channels));
        Guard.Positive(height, nameof(height));
        Guard.Positive(width, nameof(width));
        Guard.Positive(classes, nameof(classes));
        Guard.Positive(labels.Length, nameof(labels) + ".Length");
        Guard.SampleCount(inputs, labels.Length, (Int128)channels * height * width, nameof(inputs));
        Guard.Labels(labels, classes, nameof(labels));
        _labels = labels;
        (Count, Channels, Height, Width, Classes) = (labels.Length, channels, height, width, classes);
    }

    private Dataset(float[] inputs, float[] targets, Shape sample, int outputs)
    {
        Guard.InRange(sample.Rank, 1, 3, nameof(sample) + ".Rank");
        Guard.Positive(outputs, nameof(outputs));
        Guard.Positive(targets.Length, nameof(targets) + ".Length");
        Guard.Multiple(targets.Length, outputs, nameof(targets));
        Count = targets.Length / outputs;
        Guard.SampleCount(inputs.Length, Count, sample.Length, nameof(inputs));
        (_inputs, _targets, Outputs) = (inputs, targets, outputs);
        (Channels, Height, Width) = (sample.Rank < 3 ? 1 : sample[0], sample.Rank < 2 ? 1 : sample[sample.Rank - 2], sample[sample.Rank - 1]);
    }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>Values per sample: channels × height × width.</summary>
    public int Features => Channels * Height * Width;

    /// <summary>Planes per image; 1 for anything but images.</summary>
    public int Channels { get; }

    /// <summary>Rows per image; 1 for anything but images.</summary>
    public int Height { get; }

    /// <summary>Columns per image; all the features for anything but images.</summary>
    public int Width { get; }

    /// <summary>The number of classes; 0 if there are targets instead of labels.</summary>
    public int Classes { get; }

    /// <summary>The number of target outputs per sample; 0 if there are labels instead.</summary>
    public int Outputs { get; }

    /// <summary>
    /// All inputs: [count, features]. Of a dataset of bytes they are made when first asked for, and kept: four times its memory, which
    /// batches do without.
    /// </summary>
    public ReadOnlySpan<float> Inputs => _inputs ?? LazyInitializer.EnsureInitialized(ref _inputs, MakeInputs);

    /// <summary>All labels: [count], or none.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>All targets: [count, outputs], or none.</summary>
    public ReadOnlySpan<float> Targets => _targets;

    /// <summary>Takes two arrays as a dataset for regression; they are not copied, and from now on belong to it.</summary>
    /// <param name="inputs">[count, ...sample], row-major.</param>
    /// <param name="targets">[count, outputs], row-major.</param>
    /// <param name="sample">The shape of one sample's inputs: a vector or an image.</param>
    /// <param name="outputs">Targets per sample.</param>
    /// <exception cref="ArgumentException">A length does not fit the others.</exception>
    public static Dataset ForRegression(float[] inputs, float[] targets, Shape sample, int outputs = 1) =>
        new(inputs, targets, sample, outputs);

    /// <summary>
    /// Takes bytes, as files of images have them, and labels as a dataset; they are not copied, and from now on belong to it. The inputs
    /// are the numbers 0 … 1 that 0 … 255 stand for, made where a batch is made.
    /// </summary>
    /// <param name="inputs">[count, channels, height, width], row-major.</param>
    /// <param name="labels">[count], each from 0 to <paramref name="classes"/> - 1.</param>
    /// <param name="channels">Values per pixel, each a plane of its own.</param>
    /// <param name="height">Rows per image.</param>
    /// <param name="width">Columns per image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">A length does not fit the others, or a label is out of range.</exception>
    public static Dataset FromBytes(byte[] inputs, int[] labels, int channels, int height, int width, int classes) =>
        new(inputs, labels, channels, height, width, classes);

    /// <summary>The samples in batches, for one <c>foreach</c>; 0 bytes are allocated after the first.</summary>
    /// <param name="batchSize">Samples per batch; the last one may be smaller.</param>
    /// <param name="shuffleSeed">The key of a random order; without it the order is that of the dataset, and no floats are copied.</param>
    /// <param name="epoch">The second half of the key, for those who keep one seed: each epoch has its own order.</param>
    /// <param name="dropLast">Whether to leave out a last batch that is not full.</param>
    /// <param name="augmentation">
    /// What is done to the images of each batch, keyed by <paramref name="shuffleSeed"/> (0 without) and <paramref name="epoch"/>.
    /// </param>
    /// <remarks>
    /// A batch that must be gathered or augmented is prepared while the one before is in use, by threads of the worker team that have
    /// nothing else to do; it has the same bits whoever prepared it.
    /// </remarks>
    /// <exception cref="ArgumentException">The batch size is below 1, or the augmentation cannot change such images.</exception>
    public Batches Batches(
        int batchSize, long? shuffleSeed = null, int epoch = 0, bool dropLast = false, Augmentation? augmentation = null)
    {
        Guard.Positive(batchSize, nameof(batchSize));
        augmentation?.Check(Size);
        return new(this, batchSize, shuffleSeed, epoch, dropLast, augmentation);
    }

    /// <summary>Whether a batch has to be made even where it is a piece of the dataset.</summary>
    internal bool KeepsBytes => _bytes is not null;

    /// <summary>The size of a sample.</summary>
    internal ImageSize Size => new(Channels, Height, Width);

    /// <summary>Copies a sample's inputs to [features].</summary>
    internal void CopyInputs(int sample, Span<float> destination)
    {
        (int first, int features) = (sample * Features, Features);
        if (_bytes is null)
        {
            _inputs.AsSpan(first, features).CopyTo(destination);
        }
        else
        {
            Scale(_bytes.AsSpan(first, features), destination);
        }
    }

    /// <summary>
    /// Buffers of the last walk that ended, or new ones: two walks at the same time never share theirs, and one after the other
    /// allocates nothing.
    /// </summary>
    internal BatchBuffers Rent(int batchSize)
    {
        int most = Math.Min(batchSize, Count);
        BatchBuffers? spare = Interlocked.Exchange(ref _spare, null);
        return spare?.BatchSize >= most ? spare : new(this, most);
    }

    internal void Return(BatchBuffers buffers) => _spare = buffers;

    private float[] MakeInputs()
    {
        float[] inputs = GC.AllocateUninitializedArray<float>(_bytes!.Length);
        Scale(_bytes, inputs);
        return inputs;
    }

    /// <summary>0 … 255 as 0 … 1: <c>x/255</c>, rounded once.</summary>
    private static void Scale(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        TensorPrimitives.ConvertTruncating(bytes, values);
        TensorPrimitives.Divide(values, byte.MaxValue, values);
    }
}
