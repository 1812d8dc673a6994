// README 7
using System.Text.Json;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
// README end

namespace SimdNet.AotTest;

/// <summary>README's layer of one's own, word for word: trained, its gradients checked, saved and loaded, by what is public alone.</summary>
internal static class OwnLayer
{
    private const int Features = 3, Samples = 8;

    public static void Run()
    {
        float[] inputs = Draws.Of(Samples * Features), targets = [.. inputs.Select((x, i) => i % Features * x)];
        Train(inputs, targets);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            CheckSaveAndLoad(inputs, targets, path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A step goes about a tenth of the way; it ends where that is less than the roundings.</summary>
    private static void Train(float[] inputs, float[] targets)
    {
        Network network = new(Shape.Vector(Features), new Scale(start: 0.5f));
        Trainer trainer = new(network, new MeanSquaredError(), new GradientDescent(0.5f), Samples);
        for (int step = 0; step < 500; step++)
        {
            trainer.Step(inputs, targets);
        }

        Expect.Near(network.Parameter("0.factor"), [0, 1, 2], _ => 10 * Tests.Support.Tolerance.Gamma(2 * Samples), "A factor that was learnt");
    }

    private static void CheckSaveAndLoad(float[] inputs, float[] targets, string path)
    {
        // README 7
        Network network = new(Shape.Vector(3), new Dense(4), new Scale(start: 0.5f), new Tanh(), new Dense(3));
        GradientCheckResult worst = GradientCheck.Run(network, new MeanSquaredError(), inputs, targets);
        Console.WriteLine(worst);                                       // a parameter, its gradient, the central difference

        network.Save(path);
        Network loaded = Network.Load(path, new Dictionary<string, Func<JsonElement, Layer>>
        {
            [nameof(Scale)] = options => new Scale(options.GetProperty("start").GetSingle()),
        });
        // README end

        int roundings = (int)network.ParameterCount + inputs.Length + targets.Length;
        Expect.True(worst.Error < Tests.Support.Tolerance.Gamma(roundings), $"The gradients of a layer of one's own are right: {worst}");
        Expect.True(
            loaded.CreatePredictor(Samples).Predict(inputs).SequenceEqual(network.CreatePredictor(Samples).Predict(inputs)),
            "A layer of one's own that was saved and loaded predicts the same bits");
    }
}
