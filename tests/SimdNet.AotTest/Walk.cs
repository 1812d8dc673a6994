using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;

namespace SimdNet.AotTest;

/// <summary>README's "Train, save, predict", on images that are a stripe and noise.</summary>
internal static class Walk
{
    private const int Side = 8, Units = 40, Samples = 96, BatchSize = 32;

    /// <returns>The loss of the last step, of which every width gives the same bits.</returns>
    public static float Run(Dataset stripes)
    {
        Network network = new(Shape.Image(channels: 1, height: Side, width: Side),
            new Flatten(),
            new Dense(Units), new ReLU(),
            new Dense(Side));
        (float first, float last) = Train(network, stripes);
        Expect.True(last < first / 8, $"The loss of the last epoch is under an eighth of the first's; it went from {first} to {last}");

        Predictor predictor = network.CreatePredictor(maxBatch: Samples);
        int correct = predictor.CountCorrect(stripes.Inputs, stripes.Labels);
        Expect.True(correct == Samples, $"All {Samples} stripes are found; {correct} were");

        Network loaded = SaveAndLoad(network);
        ReadOnlySpan<float> scores = loaded.CreatePredictor(maxBatch: Samples).Predict(stripes.Inputs);
        Expect.True(scores.SequenceEqual(predictor.Predict(stripes.Inputs)), "A network that was saved and loaded predicts the same bits");
        CheckScores(scores, network, stripes);
        return last;
    }

    /// <summary>Images of a bright row, of which the label is the number.</summary>
    public static Dataset Stripes()
    {
        Random random = new(42);
        float[] inputs = new float[Samples * Side * Side]; // [samples, 1, height, width]
        int[] labels = new int[Samples];
        for (int i = 0; i < inputs.Length; i++)
        {
            int sample = i / (Side * Side), row = i / Side % Side;
            labels[sample] = sample % Side;
            inputs[i] = (row == labels[sample] ? 1 : 0) + (random.NextSingle() / 2);
        }

        return new Dataset(inputs, labels, channels: 1, height: Side, width: Side, classes: Side);
    }

    private static (float First, float Last) Train(Network network, Dataset data)
    {
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(learningRate: 1e-2f), BatchSize, seed: 42);
        float first = Epoch(trainer, data, epoch: 0), last = first; // and all that steps need is made
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int epoch = 1; epoch < 20; epoch++)
        {
            last = Epoch(trainer, data, epoch);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Expect.True(allocated == 0, $"Steps after the first epoch allocate 0 bytes; they allocated {allocated}");
        return (first, last);
    }

    private static float Epoch(Trainer trainer, Dataset data, int epoch)
    {
        float loss = float.NaN;
        foreach (Batch batch in data.Batches(BatchSize, shuffleSeed: epoch))
        {
            loss = trainer.Step(batch.Inputs, batch.Labels);
        }

        return loss;
    }

    private static Network SaveAndLoad(Network network)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            network.Save(path);
            return Network.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Errors pass through the layers as magnitudes do; a term meets the roundings of both sums, two biases and the twin's.</summary>
    private static void CheckScores(ReadOnlySpan<float> scores, Network network, Dataset data)
    {
        double[][] parameters = [.. network.Parameters.Select(window => Affine.Widen(network.Parameter(window.Name)))];
        double[] inputs = Affine.Widen(data.Inputs);
        double[] expected = Forward(inputs, parameters);
        double[] magnitudes = Forward(Affine.Magnitudes(inputs), Array.ConvertAll(parameters, Affine.Magnitudes));
        Expect.Near(scores, expected, i => Tolerance.Gamma((Side * Side) + Units + 3) * magnitudes[i]);
    }

    private static double[] Forward(double[] inputs, double[][] parameters) => Affine.Forward(
        Affine.ReLU(Affine.Forward(inputs, parameters[0], parameters[1])), parameters[2], parameters[3]);
}
