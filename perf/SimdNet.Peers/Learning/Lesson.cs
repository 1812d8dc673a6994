using SimdNet.Data;
using SimdNet.Training;

namespace SimdNet.Peers.Learning;

/// <summary>A batch, copied.</summary>
/// <param name="Inputs">[samples, features].</param>
/// <param name="Labels">[samples].</param>
internal sealed record Exercise(float[] Inputs, int[] Labels);

/// <summary>What is learnt from, and by which rules: those of <c>simdnet train</c>.</summary>
/// <param name="Samples">The training set.</param>
/// <param name="BatchSize">Samples per step.</param>
/// <param name="Epochs">Walks through the set.</param>
internal sealed record Lesson(Dataset Samples, int BatchSize, int Epochs)
{
    public const float Rate = 2e-3f, Beta1 = 0.9f, Beta2 = 0.99f, Epsilon = 1e-8f, LabelSmoothing = 0.05f;

    private const int Seed = 1;

    /// <summary>What the rate is multiplied by.</summary>
    public Schedule Schedule { get; } = Schedule.OneCycle(Math.Max(2, (long)Epochs * Samples.Batches(BatchSize).Count));

    /// <summary>The batches of all epochs, so many at a time.</summary>
    public IEnumerable<IReadOnlyList<Exercise>> Turns(int steps)
    {
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            foreach (Exercise[] turn in Epoch(epoch).Chunk(steps))
            {
                yield return turn;
            }
        }
    }

    private List<Exercise> Epoch(int epoch)
    {
        List<Exercise> exercises = [];
        foreach (Batch batch in Samples.Batches(BatchSize, Seed, epoch, augmentation: Augmentation.RandomCrop(1)))
        {
            exercises.Add(new(batch.Inputs.ToArray(), batch.Labels.ToArray()));
        }

        return exercises;
    }
}
