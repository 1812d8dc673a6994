// README 1
using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
// README end

namespace SimdNet.Tests.Readme;

/// <summary>README's training, word for word. It reads and writes under the current directory.</summary>
internal static class TrainingExample
{
    public static (Network Network, Dataset Test, float[] Scores) Run()
    {
        // README 1
        IdxDataset mnist = IdxDataset.Open("src/SimdNet.Cli/Data/mnist");

        Network network = new(Shape.Image(channels: 1, height: 28, width: 28),
            new Flatten(),
            new Dense(512), new ReLU(),
            new Dense(512), new ReLU(),
            new Dense(10));

        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(learningRate: 1e-3f), batchSize: 64, seed: 42);
        for (int epoch = 0; epoch < 5; epoch++)
        {
            foreach (Batch batch in mnist.Train.Batches(64, shuffleSeed: epoch))
            {
                float loss = trainer.Step(batch.Inputs, batch.Labels);      // 0 bytes allocated
            }
        }

        Predictor predictor = network.CreatePredictor(maxBatch: 1);
        ReadOnlySpan<float> scores = predictor.Predict(mnist.Test.Inputs[..784]); // 0 bytes allocated
        network.Save("mnist.safetensors");                                  // names and layouts as PyTorch has them
        // README end

        return (network, mnist.Test, scores.ToArray());
    }
}
