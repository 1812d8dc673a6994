namespace SimdNet.Training;

/// <summary>
/// The expected squared error of a way of learning, taken apart: <c>E(t - p)² = bias² + variance + noise</c>, for a target
/// <c>t = f(x) + ε</c> and the prediction p of a model that was trained on a random set.
/// </summary>
/// <remarks>
/// Of M models, each trained on a set of its own, and N values: <c>p̄ᵢ = (1/M) Σₘ pₘᵢ</c>, and the means over i of
/// <code>
/// variance   E(p - E p)²     (1/(M - 1)) Σₘ (pₘᵢ - p̄ᵢ)²
/// bias²      (E p - f)²      (p̄ᵢ - fᵢ)² - variance/M       since p̄ itself varies by variance/M
/// noise      E ε²            (tᵢ - fᵢ)²
/// </code>
/// Each is unbiased; so the estimate of a bias² near 0 may come out a little below 0. Deviations are taken from means computed before, in
/// double. Geman, Bienenstock, Doursat, Neural networks and the bias/variance dilemma (1992).
/// </remarks>
/// <param name="BiasSquared">How far the average model is from the truth: too little capacity.</param>
/// <param name="Variance">How far the models are from their average: too much capacity for so little data.</param>
/// <param name="Noise">What no model can predict.</param>
public readonly record struct BiasVariance(double BiasSquared, double Variance, double Noise)
{
    /// <summary>The expected squared error on new targets: the sum of the three.</summary>
    public double ExpectedError => BiasSquared + Variance + Noise;

    /// <summary>Where the noise-free values are known.</summary>
    /// <param name="predictions">[models, values]: the values are samples, or samples × outputs.</param>
    /// <param name="models">M, 2 or more.</param>
    /// <param name="truth">[values]: f.</param>
    /// <param name="targets">[values]: t, drawn apart from all training sets; without them the noise is 0.</param>
    /// <exception cref="ArgumentException">There are fewer than 2 models or no values, or a length does not fit.</exception>
    public static BiasVariance FromTruth(
        ReadOnlySpan<float> predictions, int models, ReadOnlySpan<float> truth, ReadOnlySpan<float> targets = default)
    {
        Check(predictions, models, truth, nameof(truth));
        if (!targets.IsEmpty)
        {
            Guard.Length(targets.Length, truth.Length, nameof(targets));
        }

        (double error, double variance) = Deviations(predictions, models, truth);
        return new(error - (variance / models), variance, targets.IsEmpty ? 0 : MeanSquare(targets, truth));
    }

    /// <summary>
    /// Where only noisy targets are known, and how noisy they are. <see cref="ExpectedError"/> is then the mean of all (tᵢ - pₘᵢ)² exactly.
    /// </summary>
    /// <param name="predictions">[models, values]: the values are samples, or samples × outputs.</param>
    /// <param name="models">M, 2 or more.</param>
    /// <param name="targets">[values]: t, drawn apart from all training sets.</param>
    /// <param name="noise">E ε², 0 or more; what is left out here is counted as bias².</param>
    /// <exception cref="ArgumentException">
    /// There are fewer than 2 models or no values, a length does not fit, or the noise is negative or not finite.
    /// </exception>
    public static BiasVariance FromTargets(ReadOnlySpan<float> predictions, int models, ReadOnlySpan<float> targets, double noise = 0)
    {
        Check(predictions, models, targets, nameof(targets));
        Guard.NotNegative(noise, nameof(noise));
        (double error, double variance) = Deviations(predictions, models, targets);
        return new(error - (variance / models) - noise, variance, noise);
    }

    private static void Check(ReadOnlySpan<float> predictions, int models, ReadOnlySpan<float> values, string name)
    {
        Guard.InRange(models, 2, int.MaxValue, nameof(models));
        Guard.Positive(values.Length, name + ".Length");
        Guard.Length(predictions.Length, (long)models * values.Length, nameof(predictions));
    }

    /// <summary>The means over i of <c>(p̄ᵢ - valueᵢ)²</c> and of <c>Σₘ (pₘᵢ - p̄ᵢ)²/(M - 1)</c>.</summary>
    private static (double Error, double Variance) Deviations(ReadOnlySpan<float> predictions, int models, ReadOnlySpan<float> values)
    {
        double error = 0, squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double sum = 0;
            for (int m = 0; m < models; m++)
            {
                sum += predictions[(m * values.Length) + i];
            }

            double mean = sum / models;
            error += (mean - values[i]) * (mean - values[i]);
            for (int m = 0; m < models; m++)
            {
                double deviation = predictions[(m * values.Length) + i] - mean;
                squares += deviation * deviation;
            }
        }

        return (error / values.Length, squares / ((models - 1.0) * values.Length));
    }

    private static double MeanSquare(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return sum / a.Length;
    }
}
