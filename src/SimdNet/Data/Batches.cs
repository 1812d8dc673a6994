namespace SimdNet.Data;

/// <summary>A few samples side by side: inputs [count, features] and labels [count]. Valid until the next batch is asked for.</summary>
public readonly ref struct Batch
{
    internal Batch(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        Inputs = inputs;
        Labels = labels;
    }

    /// <summary>[count, features], row-major.</summary>
    public ReadOnlySpan<float> Inputs { get; }

    /// <summary>[count].</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>Samples in this batch.</summary>
    public int Count => Labels.Length;
}

/// <summary>A dataset cut into batches, in its own order or a shuffled one; walked by <c>foreach</c>, any number of times.</summary>
public readonly struct Batches
{
    private readonly Dataset _dataset;
    private readonly int _batchSize;
    private readonly long? _shuffleSeed;
    private readonly int _epoch;
    private readonly bool _dropLast;

    internal Batches(Dataset dataset, int batchSize, long? shuffleSeed, int epoch, bool dropLast) =>
        (_dataset, _batchSize, _shuffleSeed, _epoch, _dropLast) = (dataset, batchSize, shuffleSeed, epoch, dropLast);

    /// <summary>The number of batches.</summary>
    public int Count => _dataset.Count / _batchSize + (!_dropLast && _dataset.Count % _batchSize != 0 ? 1 : 0);

    /// <summary>Starts at the first batch.</summary>
    public BatchEnumerator GetEnumerator()
    {
        int end = _dropLast ? Count * _batchSize : _dataset.Count;
        if (_shuffleSeed is not long seed)
        {
            return new(_dataset, _batchSize, end, shuffle: null);
        }

        ShuffleBuffers shuffle = _dataset.Rent(_batchSize);
        Shuffle.Fill(shuffle.Order, seed, _epoch);
        return new(_dataset, _batchSize, end, shuffle);
    }
}

/// <summary>Walks the batches of a dataset.</summary>
public ref struct BatchEnumerator : IDisposable
{
    private readonly Dataset _dataset;
    private readonly int _batchSize;
    private readonly int _end;
    private ShuffleBuffers? _shuffle;
    private int _next;

    internal BatchEnumerator(Dataset dataset, int batchSize, int end, ShuffleBuffers? shuffle) =>
        (_dataset, _batchSize, _end, _shuffle) = (dataset, batchSize, end, shuffle);

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

        Current = _shuffle is null
            ? new(_dataset.Inputs.Slice(_next * _dataset.Features, count * _dataset.Features), _dataset.Labels.Slice(_next, count))
            : _shuffle.Gather(_dataset, _next, count);
        _next += count;
        return true;
    }

    /// <summary>Gives the buffers back to the dataset, for the next epoch; <c>foreach</c> does it. No batch is valid any more.</summary>
    public void Dispose()
    {
        if (_shuffle is not null)
        {
            _dataset.Return(_shuffle);
            _shuffle = null;
        }

        Current = default;
    }
}
