// README 5
using SimdNet.Simd;
using SimdNet.Training;
// README end

namespace SimdNet.Tests.Readme;

/// <summary>README's curve over model capacity, word for word.</summary>
internal static class CapacityExample
{
    public delegate void Fit(int degree, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> fitted);

    public static List<BiasVariance> Run(Fit fit)
    {
        // README 5
        const int Models = 200, Samples = 25;
        float[] x = [.. Enumerable.Range(0, Samples).Select(i => (i - 12) / 12f)], truth = [.. x.Select(x => (float)Math.Sin(4 * x))];
        float[] y = new float[Samples], predictions = new float[Models * Samples];
        List<BiasVariance> curve = [];
        for (int degree = 0; degree <= 12; degree++)
        {
            for (int model = 0; model < Models; model++)
            {
                new Philox(seed: 1, stream: (uint)model).FillNormal(y, deviation: 0.5f);
                for (int i = 0; i < Samples; i++)
                {
                    y[i] += truth[i];                                       // a training set of its own for each model
                }

                fit(degree, x, y, predictions.AsSpan(model * Samples, Samples));
            }

            curve.Add(BiasVariance.FromTruth(predictions, Models, truth));  // bias² falls, variance grows
        }
        // README end

        return curve;
    }
}
