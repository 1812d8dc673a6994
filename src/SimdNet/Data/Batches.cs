namespace SimdNet.Data;

/// <summary>A few samples side by side. Valid until the next batch is asked for.</summary>
public readonly ref struct Batch
{
    private readonly ReadOnlySpan<int> _samples;
    private readonly int _first;

    /// <param name="first">The index of the first sample, if they come in the order of the dataset.</param>
    /// <param name="count">Samples.</param>
    /// <param name="samples">The index of each, if they do not.</param>
    internal Batch(int first, int count, ReadOnlySpan<int> samples)
    {
        (_first, Count) = (first, count);
        _samples = samples;
    }

    /// <summary>[count, features], row-major.</summary>
    public ReadOnlySpan<float> Inputs { get; internal init; }

    /// <summary>[count]; none if the dataset has targets.</summary>
    public ReadOnlySpan<int> Labels { get; internal init; }

    /// <summary>[count, outputs]; none if the dataset has labels.</summary>
    public ReadOnlySpan<float> Targets { get; internal init; }

    /// <summary>Samples in this batch.</summary>
    public int Count { get; }

    /// <summary>Where the dataset has the sample that stands at a place of this batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public int SampleAt(int place)
    {
        Guard.InRange(place, 0, Count - 1, nameof(place));
        return _samples.IsEmpty ? _first + place : _samples[place];
    }
}

/// <summary>A dataset cut into batches, in its own order or a shuffled one; walked by <c>foreach</c>, any number of times.</summary>
public readonly struct Batches
{
    private readonly Dataset _dataset;
    private readonly int _batchSize;
    private readonly long? _shuffleSeed;
    private readonly int _epoch;
    private readonly bool _dropLast;
    private readonly Augmentation? _augmentation;

    internal Batches(Dataset dataset, int batchSize, long? shuffleSeed, int epoch, bool dropLast, Augmentation? augmentation)
    {
        (_dataset, _batchSize, _dropLast) = (dataset, batchSize, dropLast);
        (_shuffleSeed, _epoch, _augmentation) = (shuffleSeed, epoch, augmentation);
    }

    /// <summary>The number of batches.</summary>
    public int Count => _dataset.Count / _batchSize + (!_dropLast && _dataset.Count % _batchSize != 0 ? 1 : 0);

    /// <summary>Starts at the first batch.</summary>
    public BatchEnumerator GetEnumerator()
    {
        int end = _dropLast ? Count * _batchSize : _dataset.Count;
        if (_shuffleSeed is null && _augmentation is null && !_dataset.KeepsBytes)
        {
            return new(_dataset, _batchSize, end, buffers: null);
        }

        BatchBuffers buffers = _dataset.Rent(_batchSize);
        buffers.Begin(_batchSize, end, _shuffleSeed, _epoch, _augmentation);
        return new(_dataset, _batchSize, end, buffers);
    }
}

/// <summary>Walks the batches of a dataset.</summary>
public ref struct BatchEnumerator : IDisposable
{
    private readonly Dataset _dataset;
    private readonly int _batchSize;
    private readonly int _end;
    private BatchBuffers? _buffers;
    private int _next;

    internal BatchEnumerator(Dataset dataset, int batchSize, int end, BatchBuffers? buffers) =>
        (_dataset, _batchSize, _end, _buffers) = (dataset, batchSize, end, buffers);

    /// <summary>The batch reached by the last <see cref="MoveNext"/>.</summary>
    public Batch Current { get; private set; }

    /// <summary>Goes on to the next batch; false after the last.</summary>
    public bool MoveNext()
    {
        int count = Math.Min(_batchSize, _end - _next);
        if (count <= 0)
        {
            return false;
        }

        Current = _buffers is null ? Slice(_next, count) : _buffers.Next();
        _next += count;
        return true;
    }

    /// <summary>Gives the buffers back to the dataset, for the next epoch; <c>foreach</c> does it. No batch is valid any more.</summary>
    public void Dispose()
    {
        if (_buffers is not null)
        {
            _buffers.End();
            _dataset.Return(_buffers);
            _buffers = null;
        }

        Current = default;
    }

    private readonly Batch Slice(int first, int count) => new(first, count, samples: [])
    {
        Inputs = _dataset.Inputs.Slice(first * _dataset.Features, count * _dataset.Features),
        Labels = _dataset.Labels.IsEmpty ? [] : _dataset.Labels.Slice(first, count),
        Targets = _dataset.Targets.Slice(first * _dataset.Outputs, count * _dataset.Outputs),
    };
}
