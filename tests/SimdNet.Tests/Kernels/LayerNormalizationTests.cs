using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class LayerNormalizationTests : IDisposable
{
    private const float Epsilon = 1e-5f;

    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Property(MaxTest = 150)]
    public void Outputs_and_statistics_are_those_of_the_reference(byte rowCount, byte featureCount, bool far, bool atEnd, bool inPlace, bool keeps)
    {
        (int rows, int features) = (rowCount % 6, 1 + (featureCount % 140));
        using GuardedBuffer x = new(rows * features, atEnd), other = new(inPlace ? 0 : x.Length, atEnd);
        using GuardedBuffer gamma = new(features, atEnd), beta = new(features, atEnd), mean = new(rows, atEnd), inverse = new(rows, atEnd);
        Draws.Normal(x.Length, stream: rowCount).CopyTo(x.Span);
        foreach (ref float value in x.Span)
        {
            value += far ? 300 : 0;
        }

        Draws.Normal(features, stream: 2).CopyTo(gamma.Span);
        Draws.Normal(features, stream: 3).CopyTo(beta.Span);
        (double[] x2, double[] gamma2, double[] beta2) = (Double(x.Span), Double(gamma.Span), Double(beta.Span));
        Span<float> y = inPlace ? x.Span : other.Span;

        LayerNormalization.Forward(
            x.Span, gamma.Span, beta.Span, rows, features, Epsilon, y, keeps ? mean.Span : [], keeps ? inverse.Span : []);

        for (int row = 0; row < rows; row++)
        {
            double[] values = x2[(row * features)..((row + 1) * features)];
            (double[] y2, double mean2, double variance2) = LayerNormalizationReference.Forward(values, gamma2, beta2, Epsilon);
            NormalizationBound bound = new(values, Roundings(features), mean2, variance2, Epsilon);
            if (keeps)
            {
                Near(mean2, mean.Span[row], bound.Mean);
                Near(1 / Math.Sqrt(variance2 + Epsilon), inverse.Span[row], bound.InverseDeviation);
            }

            for (int i = 0; i < features; i++)
            {
                Near(y2[i], y[(row * features) + i], bound.Output(values[i], gamma2[i], beta2[i]));
            }
        }
    }

    /// <summary>
    /// The way back takes the statistics as they are: a term of a row's sum goes through a product with γ, a difference, the sum, and then
    /// 8 roundings to dInput; one of a column's through a difference, two products and the sum of the rows.
    /// </summary>
    [Property(MaxTest = 150)]
    public void Gradients_are_those_of_the_reference(byte rowCount, byte featureCount, byte place, bool atEnd)
    {
        (int rows, int features) = (1 + (rowCount % 6), 1 + (featureCount % 140));
        using GuardedBuffer x = new(rows * features, atEnd), dy = new(x.Length, atEnd), other = new(x.Length, atEnd);
        using GuardedBuffer gamma = new(features, atEnd), dGamma = new(features, atEnd), dBeta = new(features, atEnd);
        Draws.Normal(x.Length, stream: rowCount).CopyTo(x.Span);
        Draws.Normal(x.Length, stream: 7).CopyTo(dy.Span);
        Draws.Normal(features, stream: 2).CopyTo(gamma.Span);
        (float[] mean, float[] inverse) = (Draws.Normal(rows, stream: 5), Array.ConvertAll(Draws.Normal(rows, stream: 6), MathF.Abs));
        (double[] x2, double[] gamma2, double[] dy2) = (Double(x.Span), Double(gamma.Span), Double(dy.Span));
        Span<float> dx = (place % 4) switch { 0 => x.Span, 1 => dy.Span, 2 => other.Span, _ => [] };

        LayerNormalization.Backward(x.Span, mean, inverse, gamma.Span, dy.Span, rows, features, dx, dGamma.Span, dBeta.Span);

        double[] dGamma2 = new double[features], dBeta2 = new double[features], dGammaSize = new double[features], dBetaSize = new double[features];
        for (int row = 0; row < rows; row++)
        {
            (double[] values, double[] gradients) = (Row(x2, row), Row(dy2, row));
            (double[] dx2, double[] gammaTerms, double[] betaTerms) =
                LayerNormalizationReference.Backward(values, mean[row], inverse[row], gamma2, gradients);
            double sum = 0, products = 0;
            for (int i = 0; i < features; i++)
            {
                dGamma2[i] += gammaTerms[i];
                dBeta2[i] += betaTerms[i];
                dGammaSize[i] += Math.Abs(gammaTerms[i]);
                dBetaSize[i] += Math.Abs(betaTerms[i]);
                sum += Math.Abs(gradients[i] * gamma2[i]) / features;
                products += Math.Abs(gammaTerms[i] * gamma2[i]) / features;
            }

            for (int i = 0; i < features && !dx.IsEmpty; i++)
            {
                double normalized = Math.Abs(values[i] - mean[row]) * inverse[row];
                double magnitude = inverse[row] * (Math.Abs(gradients[i] * gamma2[i]) + sum + (normalized * products));
                Near(dx2[i], dx[(row * features) + i], Tolerance.Gamma(Roundings(features) + 12) * magnitude);
            }
        }

        for (int i = 0; i < features; i++)
        {
            Near(dGamma2[i], dGamma.Span[i], Tolerance.Gamma(rows + 4) * dGammaSize[i]);
            Near(dBeta2[i], dBeta.Span[i], Tolerance.Gamma(rows + 1) * dBetaSize[i]);
        }

        double[] Row(double[] all, int row) => all[(row * features)..((row + 1) * features)];
    }

    [Fact]
    public void The_references_gradients_are_its_central_differences()
    {
        const int Features = 9;
        double[] x = Double(Draws.Normal(Features, stream: 1)), weights = Double(Draws.Normal(Features, stream: 2));
        double[] gamma = Double(Draws.Normal(Features, stream: 3)), beta = Double(Draws.Normal(Features, stream: 4));
        (double[] y, double mean, double variance) = LayerNormalizationReference.Forward(x, gamma, beta, Epsilon);
        double error = y.Zip(weights, (a, b) => Math.Abs(a * b)).Sum() * 8 * Features * Math.Pow(2, -53);
        (double[] dx, double[] dGamma, double[] dBeta) =
            LayerNormalizationReference.Backward(x, mean, 1 / Math.Sqrt(variance + Epsilon), gamma, weights);

        foreach ((double[] at, double[] gradient) in ((double[], double[])[])[(x, dx), (gamma, dGamma), (beta, dBeta)])
        {
            for (int i = 0; i < at.Length; i++)
            {
                (double slope, double uncertainty) = Slope.Of(Loss, ref at[i], error);
                Near(slope, gradient[i], uncertainty);
            }
        }

        double Loss() => LayerNormalizationReference.Forward(x, gamma, beta, Epsilon).Y.Zip(weights, (a, b) => a * b).Sum();
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 33)]
    [InlineData(2, 64)]
    [InlineData(5, 135)]
    public void The_bits_are_the_same_at_every_width(int rows, int features)
    {
        float[] x = Draws.Normal(rows * features, stream: 1), dy = Draws.Normal(x.Length, stream: 2), y = new float[x.Length];
        float[] gamma = Draws.Normal(features, stream: 3), beta = Draws.Normal(features, stream: 4), mean = new float[rows];
        float[] inverse = new float[rows], dGamma = new float[features], dBeta = new float[features];
        fixed (float* x0 = x, dy0 = dy, y0 = y, gamma0 = gamma, beta0 = beta, mean0 = mean, inverse0 = inverse, dGamma0 = dGamma, dBeta0 = dBeta)
        {
            LayerNormalization.Statistics statistics = new(mean0, inverse0);
            void Reset() => Array.Fill(y, float.NaN);
            Widths.Same(
                new LayerNormalization.ForwardRows(x0, gamma0, beta0, features, Epsilon, y0, mean0, inverse0, 0, rows),
                Reset,
                () => [.. y, .. mean, .. inverse]);
            Widths.Same(new LayerNormalization.BackwardRows(x0, statistics, gamma0, dy0, features, y0, 0, rows), Reset, () => [.. y]);
            Widths.Same(
                new LayerNormalization.ColumnStrips(x0, statistics, dy0, rows, features, dGamma0, dBeta0, 0, (features + 31) / 32),
                () => Array.Fill(dGamma, float.NaN),
                () => [.. dGamma, .. dBeta]);
        }
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        const int Rows = 400, Features = 335;
        float[] x = Draws.Normal(Rows * Features, stream: 1), gamma = Draws.Normal(Features, stream: 3), beta = Draws.Normal(Features, stream: 4);
        int[] first = [];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] y = new float[x.Length], mean = new float[Rows], inverse = new float[Rows], dGamma = new float[Features], dBeta = new float[Features];
            LayerNormalization.Forward(x, gamma, beta, Rows, Features, Epsilon, y, mean, inverse);
            float[] dx = [.. y];
            LayerNormalization.Backward(x, mean, inverse, gamma, dx, Rows, Features, dx, dGamma, dBeta);
            int[] bits = Widths.Bits([.. y, .. mean, .. inverse, .. dx, .. dGamma, .. dBeta]);
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    [Fact]
    public void A_constant_row_becomes_beta_and_one_that_is_not_a_number_stays_alone()
    {
        float[] y = new float[6];
        LayerNormalization.Forward([3, 3, 3, 1, float.NaN, 2], [1, 2, 3], [7, 8, 9], 2, 3, Epsilon, y);
        Assert.Equal([7, 8, 9, float.NaN, float.NaN, float.NaN], y);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        WorkerTeam.Size = 1;
        float[] x = Draws.Normal(4 * 50, stream: 1), y = new float[x.Length], gamma = new float[50], beta = new float[50];
        float[] mean = new float[4], inverse = new float[4], dGamma = new float[50];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            LayerNormalization.Forward(x, gamma, beta, 4, 50, Epsilon, y, mean, inverse);
            LayerNormalization.Backward(x, mean, inverse, gamma, y, 4, 50, y, dGamma, beta);
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] x = [1, 2, 3, 4], y = new float[4], gamma = [1, 1], beta = [0, 0], mean = new float[2], inverse = new float[2];
        void Refuses(string message, Action action) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
        void Forward(int rows, int features, float epsilon = Epsilon) =>
            LayerNormalization.Forward(x, gamma, beta, rows, features, epsilon, y, mean, inverse);

        Refuses("'rows' is -1, expected 0 or more.", () => Forward(-1, 2));
        Refuses("'features' is 0, expected 1 or more.", () => Forward(2, 0));
        Refuses("'x' holds 4 values, expected 6.", () => Forward(3, 2));
        Refuses("'gamma' holds 2 values, expected 4.", () => Forward(1, 4));
        Refuses("'epsilon' is NaN, expected a finite number above 0.", () => Forward(2, 2, float.NaN));
        Refuses("'mean' holds 1 values, expected 2.", () => LayerNormalization.Forward(x, gamma, beta, 2, 2, Epsilon, y, mean.AsSpan(1), inverse));
        Refuses("'y' starts 1 values after 'x'", () => LayerNormalization.Forward(x.AsSpan(0, 2), gamma, beta, 1, 2, Epsilon, x.AsSpan(1, 2)));
        Refuses("'y' starts 0 values after 'gamma'", () => LayerNormalization.Forward(x.AsSpan(0, 2), gamma, beta, 1, 2, Epsilon, gamma));
        Refuses("'inverseDeviation' starts 0 values after 'mean'", () => LayerNormalization.Forward(x, gamma, beta, 2, 2, Epsilon, y, mean, mean));
        Refuses("'dInput' starts 0 values after 'gamma'", () => LayerNormalization.Backward(
            x.AsSpan(0, 2), mean.AsSpan(1), inverse.AsSpan(1), gamma, y.AsSpan(0, 2), 1, 2, gamma, y.AsSpan(2), beta));
        Refuses("'dGamma' starts 0 values after 'inverseDeviation'", () => LayerNormalization.Backward(
            x, mean, inverse, gamma, y, 2, 2, y, inverse, beta));
        Refuses("'dBeta' starts 0 values after 'dGamma'", () => LayerNormalization.Backward(x, mean, inverse, gamma, y, 2, 2, y, beta, beta));
        Assert.Equal([1, 2, 3, 4, 1, 1], [.. x, .. gamma]);
        Assert.All([.. y, .. mean, .. inverse, .. beta], value => Assert.Equal(0, value));
    }

    /// <summary>Additions that a term of a row's sum goes through: those of its lane, and the tree's.</summary>
    private static int Roundings(int features) => ((features + 31) / 32) + 5;

    private static double[] Double(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static void Near(double expected, double actual, double bound) => Assert.InRange(actual - expected, -bound, bound);
}
