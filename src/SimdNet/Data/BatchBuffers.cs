using SimdNet.Threading;

namespace SimdNet.Data;

/// <summary>
/// What one walk needs that does more than slice its dataset: the order of the samples, and two batches: one in use, and the next one,
/// which is prepared meanwhile as <see cref="IdleWork"/>.
/// </summary>
internal sealed class BatchBuffers(Dataset dataset, int batchSize) : IdleWork
{
    /// <summary>Values gathered or augmented in one go, some 10 µs of work: so long a parallel loop may have to do without a worker.</summary>
    private const int Grain = 1 << 12;

    private readonly int _grain = Math.Max(1, Grain / dataset.Features); // samples
    private readonly Half[] _halves = [new(dataset, batchSize), new(dataset, batchSize)];
    private readonly int[] _order = new int[dataset.Count];

    private Augmentation? _augmentation;
    private AugmentationKey _key;
    private int _batch, _end; // of this walk
    private int _first, _count, _half; // the batch in preparation

    /// <summary>The most samples per batch.</summary>
    public int BatchSize => batchSize;

    /// <summary>Begins a walk, and with it the first batch.</summary>
    public void Begin(int size, int end, long? shuffleSeed, int epoch, Augmentation? augmentation)
    {
        if (shuffleSeed is long seed)
        {
            Shuffle.Fill(_order, seed, epoch);
        }
        else
        {
            Shuffle.InOrder(_order);
        }

        (_augmentation, _key) = (augmentation, new(shuffleSeed ?? 0, epoch));
        (_batch, _end) = (size, end);
        Prepare(0);
    }

    /// <summary>The batch in preparation, when it is ready; and begins the one after it, in the place of the one before it.</summary>
    public Batch Next()
    {
        Complete();
        (int first, int count, Half ready) = (_first, _count, _halves[_half]);
        _half ^= 1;
        Prepare(first + count);
        return ready.Read(first, count, _order.AsSpan(first, count));
    }

    /// <summary>Ends the walk, wherever it stands.</summary>
    public void End()
    {
        Cancel();
        _augmentation = null;
    }

    protected override void Invoke(int item)
    {
        Half half = _halves[_half];
        for (int i = item * _grain; i < Math.Min((item + 1) * _grain, _count); i++)
        {
            int sample = _order[_first + i];
            Span<float> inputs = half.Write(i, sample);
            _augmentation?.Apply(inputs, dataset.Size, sample, _key);
        }
    }

    private void Prepare(int first)
    {
        (_first, _count) = (first, Math.Min(_batch, _end - first));
        if (_count > 0)
        {
            Start((_count + _grain - 1) / _grain);
        }
    }

    /// <summary>One batch.</summary>
    private sealed class Half(Dataset dataset, int batchSize)
    {
        private readonly float[] _inputs = new float[batchSize * dataset.Features]; // [batch, features]
        private readonly int[] _labels = new int[dataset.Labels.IsEmpty ? 0 : batchSize];
        private readonly float[] _targets = new float[batchSize * dataset.Outputs]; // [batch, outputs]

        /// <summary>Copies a sample to a place; gives its inputs there.</summary>
        public Span<float> Write(int place, int sample)
        {
            (int features, int outputs) = (dataset.Features, dataset.Outputs);
            if (_labels.Length > 0)
            {
                _labels[place] = dataset.Labels[sample];
            }

            dataset.Targets.Slice(sample * outputs, outputs).CopyTo(_targets.AsSpan(place * outputs));
            Span<float> inputs = _inputs.AsSpan(place * features, features);
            dataset.CopyInputs(sample, inputs);
            return inputs;
        }

        public Batch Read(int first, int count, ReadOnlySpan<int> samples) => new(first, count, samples)
        {
            Inputs = _inputs.AsSpan(0, count * dataset.Features),
            Labels = _labels.AsSpan(0, Math.Min(count, _labels.Length)),
            Targets = _targets.AsSpan(0, count * dataset.Outputs),
        };
    }
}
