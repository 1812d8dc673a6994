using SimdNet.Tests.Readme;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public class BiasVarianceTests
{
    private const int Samples = 40, Models = 400;
    private const double Deviation = 0.25;

    /// <summary>By hand: p̄ = (2, 5), f = (1, 5), t = (1.5, 4).</summary>
    [Fact]
    public void Small_numbers_come_out_as_by_hand()
    {
        float[] predictions = [1, 5, 3, 5], truth = [1, 5], targets = [1.5f, 4];

        BiasVariance known = BiasVariance.FromTruth(predictions, models: 2, truth, targets);
        Assert.Equal((0.5 - 0.5, 1, 0.625), (known.BiasSquared, known.Variance, known.Noise));
        Assert.Equal(1.625, known.ExpectedError);
        Assert.Equal(known with { Noise = 0 }, BiasVariance.FromTruth(predictions, models: 2, truth));

        Assert.Equal(new BiasVariance(0.625 - 0.5 - 0.125, 1, 0.125), BiasVariance.FromTargets(predictions, models: 2, targets, noise: 0.125));
    }

    /// <summary>
    /// Least squares of degree d on n fixed points is a projection H of rank p = d + 1: the predictions' mean is Hf, so
    /// <c>bias² = ‖f - Hf‖²/n; variance = σ²·p/n; noise = σ²</c>. Of M models the estimate of the variance deviates by a factor of √(2/(p(M - 1))),
    /// the noise by √(2/n), bias² by at most twice its root times the deviation of p̄, and by p̄'s own variance.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(11)]
    public void Least_squares_has_the_bias_the_variance_and_the_noise_of_the_theory(int degree)
    {
        float[] x = Points(), truth = Array.ConvertAll(x, Function), targets = Noisy(truth, stream: 1000);
        float[] predictions = new float[Models * Samples], projected = new float[Samples];
        for (int model = 0; model < Models; model++)
        {
            LeastSquares.Fit(degree, x, Noisy(truth, stream: (uint)model), predictions.AsSpan(model * Samples, Samples));
        }

        LeastSquares.Fit(degree, x, truth, projected);
        int p = degree + 1;
        double bias = truth.Zip(projected, (f, mean) => ((double)f - mean) * ((double)f - mean)).Average();
        double noise = Deviation * Deviation, variance = noise * p / Samples, ofMean = variance / Models;

        BiasVariance estimate = BiasVariance.FromTruth(predictions, Models, truth, targets);

        AssertNear(variance, estimate.Variance, variance * Math.Sqrt(2.0 / (p * (Models - 1))));
        AssertNear(bias, estimate.BiasSquared, (2 * Math.Sqrt(bias * noise / (Models * Samples))) + (ofMean * Math.Sqrt(2.0 / p)));
        AssertNear(noise, estimate.Noise, noise * Math.Sqrt(2.0 / Samples));
    }

    /// <summary>All squared errors, averaged one by one: the same sum, but for roundings of double.</summary>
    [Theory]
    [InlineData(2, 0)]
    [InlineData(7, 0.5)]
    public void The_parts_add_up_to_the_mean_squared_error(int models, double noise)
    {
        float[] targets = Draws.Normal(Samples, stream: 1), predictions = Draws.Normal(models * Samples, stream: 2);
        double squares = Enumerable.Range(0, predictions.Length).Average(i => Math.Pow((double)predictions[i] - targets[i % Samples], 2));

        AssertNear(squares, BiasVariance.FromTargets(predictions, models, targets, noise).ExpectedError, 1e-14);
        AssertNear(squares, BiasVariance.FromTruth(predictions, models, targets).ExpectedError, 1e-14);
    }

    /// <summary>Squares of the values minus the square of their mean would leave nothing of a variance of 1 here.</summary>
    [Fact]
    public void A_large_mean_costs_no_accuracy()
    {
        const float Large = 1 << 23;
        BiasVariance estimate = BiasVariance.FromTruth([Large, Large + 1, Large + 2], models: 3, [Large + 1]);
        Assert.Equal((1, -1.0 / 3), (estimate.Variance, estimate.BiasSquared));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        void Refuses(string message, Action call) => Assert.StartsWith(
            message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);

        Refuses("'models' is 1, expected 2 to", () => BiasVariance.FromTruth([1, 2], 1, [1, 2]));
        Refuses("'truth.Length' is 0, expected 1 or more.", () => BiasVariance.FromTruth([], 2, []));
        Refuses("'predictions' holds 3 values, expected 4.", () => BiasVariance.FromTruth([1, 2, 3], 2, [1, 2]));
        Refuses("'targets' holds 1 values, expected 2.", () => BiasVariance.FromTruth([1, 2, 3, 4], 2, [1, 2], [1]));
        Refuses("'targets.Length' is 0, expected 1 or more.", () => BiasVariance.FromTargets([], 2, []));
        Refuses("'noise' is -1, expected a finite number, 0 or more.", () => BiasVariance.FromTargets([1, 2], 2, [1], -1));
        Refuses("'noise' is NaN, expected a finite number, 0 or more.", () => BiasVariance.FromTargets([1, 2], 2, [1], double.NaN));
    }

    private static float[] Points() => [.. Enumerable.Range(0, Samples).Select(i => -1 + (2f * i / (Samples - 1)))];

    private static float Function(float x) => (float)Math.Sin(3 * x);

    private static float[] Noisy(float[] truth, uint stream) =>
        [.. truth.Zip(Draws.Normal(Samples, stream, (float)Deviation), (value, noise) => value + noise)];

    /// <summary>Within five deviations, which happens to no seed.</summary>
    private static void AssertNear(double expected, double actual, double deviation) =>
        Assert.InRange(actual, expected - (5 * deviation), expected + (5 * deviation));
}
