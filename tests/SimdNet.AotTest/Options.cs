// README 4
using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
// README end

namespace SimdNet.AotTest;

/// <summary>README's training with options, word for word.</summary>
internal static class Options
{
    /// <returns>The last loss, of which every width gives the same bits.</returns>
    public static float Run(Dataset data)
    {
        float loss = 0;

        // README 4
        Network network = new(Shape.Image(channels: 1, height: 8, width: 8),
            new Conv2D(8, kernel: 3, padding: 1), new BatchNorm(), new ReLU(),
            new Residual(new Conv2D(8, kernel: 3, padding: 1), new BatchNorm(), new ReLU()),
            new MaxPool2D(2), new Flatten(), new Dropout(0.25f), new Dense(8));

        Trainer trainer = new(network, new SoftmaxCrossEntropy(labelSmoothing: 0.1f), new AdamW(learningRate: 1e-2f), batchSize: 32)
        {
            Schedule = Schedule.WarmUp(steps: 6, then: Schedule.Cosine(totalSteps: 60)),
            Clipping = Clipping.ByNorm(5),
            Regularization = new Regularization(l1: 1e-5f),
            Groups = [new ParameterGroup(layer: 0) { LearningRateScale = 0.5f }],
        };
        Augmentation augmentation = Augmentation.Chain(Augmentation.HorizontalFlip(), Augmentation.GaussianNoise(0.1f));
        Predictor predictor = network.CreatePredictor(maxBatch: 96);
        EarlyStopping stopping = new(network, patience: 5, higherIsBetter: true);
        for (int epoch = 0; !stopping.ShouldStop(predictor.CountCorrect(data.Inputs, data.Labels)); epoch++)
        {
            foreach (Batch batch in data.Batches(32, shuffleSeed: 1, epoch, augmentation: augmentation))
            {
                loss = trainer.Step(batch.Inputs, batch.Labels);
            }
        }

        stopping.Restore();                                             // the parameters that were best
        // README end

        int correct = predictor.CountCorrect(data.Inputs, data.Labels);
        Expect.True(correct == data.Labels.Length, $"All {data.Labels.Length} stripes are found with all options; {correct} were");
        Expect.True(correct == stopping.BestScore, $"The best parameters found {stopping.BestScore}; those restored find {correct}");
        return loss;
    }
}
