using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Simd;
using SimdNet.Training;

namespace SimdNet.Cli;

/// <summary>What is to be profiled.</summary>
/// <param name="Model">One of <see cref="Models.Names"/>.</param>
/// <param name="Hidden">The units of each hidden dense layer.</param>
/// <param name="Batch">Samples per step.</param>
/// <param name="Predict">Whether it is a prediction rather than a step of training.</param>
/// <param name="Steps">Steps per block; if none are given, as many as fill <see cref="Profiling.BlockSeconds"/>.</param>
internal sealed record ProfileSettings(string Model, int[] Hidden, int Batch, bool Predict, int? Steps);

/// <summary>One part of one step, as <see cref="ProfileEntry"/> has it.</summary>
internal readonly record struct ProfilePart(StepPhase Phase, string Path, string Name, double Seconds, double Flops, double Bytes);

/// <summary>Runs steps on random samples, in blocks, under a <see cref="StepProfile"/>.</summary>
internal static class Profiling
{
    public const double BlockSeconds = 0.1;

    private const int Blocks = 15, Side = 28, Classes = 10; // images as MNIST has them
    private const float Rate = 1e-6f; // every step sees the same batch: learnt by heart, it would leave denormal gradients

    /// <returns>The parts of a step, each with its median over the blocks: a neighbour of this machine disturbs one part of one block.</returns>
    public static (ProfilePart[] Parts, long Steps) Run(ProfileSettings settings)
    {
        Dataset data = Draw(settings.Batch);
        Network network = Models.Create(settings.Model, data, settings.Hidden, seed: 1);
        StepProfile profile = new();
        Action step = settings.Predict ? Prediction(network, data, profile) : Training(network, data, profile);
        long steps = WarmUp(step, profile, settings.Steps);
        ProfilePart[][] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => Block(step, profile, steps))];
        return ([.. blocks[0].Select((part, i) => part with { Seconds = Median(blocks.Select(block => block[i].Seconds)) })], steps);
    }

    private static double Median(IEnumerable<double> times) => times.Order().ElementAt(Blocks / 2);

    private static Action Training(Network network, Dataset data, StepProfile profile)
    {
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(Rate), data.Count, seed: 1) { Profile = profile };
        return () => trainer.Step(data.Inputs, data.Labels);
    }

    private static Action Prediction(Network network, Dataset data, StepProfile profile)
    {
        Predictor predictor = network.CreatePredictor(data.Count);
        predictor.Profile = profile;
        return () => predictor.Predict(data.Inputs);
    }

    private static Dataset Draw(int samples)
    {
        Philox random = new(seed: 1);
        float[] inputs = new float[samples * Side * Side];
        random.FillUniform(inputs);
        int[] labels = [.. Enumerable.Range(0, samples).Select(i => (int)(random.UInt32At(i) % Classes))];
        return new Dataset(inputs, labels, channels: 1, Side, Side, Classes);
    }

    /// <returns>The steps of a block.</returns>
    private static long WarmUp(Action step, StepProfile profile, int? steps)
    {
        step(); // which compiles and makes what lasts
        profile.Clear();
        while (profile.Seconds < BlockSeconds && !(profile.Steps >= steps))
        {
            step();
        }

        return steps ?? profile.Steps;
    }

    private static ProfilePart[] Block(Action step, StepProfile profile, long steps)
    {
        profile.Clear();
        for (long i = 0; i < steps; i++)
        {
            step();
        }

        return [.. profile.Entries.Select(entry => new ProfilePart(
            entry.Phase, entry.Path, entry.Name, entry.Seconds / steps, (double)entry.Flops / steps, (double)entry.Bytes / steps))];
    }
}
