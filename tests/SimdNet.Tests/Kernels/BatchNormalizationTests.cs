using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed unsafe class BatchNormalizationTests : IDisposable
{
    private const float Epsilon = 1e-5f;

    /// <summary>Around a vector of each width, and around the virtual lanes.</summary>
    private static readonly int[] s_areas = [1, 1, 1, 2, 4, 7, 16, 31, 32, 33, 49, 64, 67];

    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Property(MaxTest = 150)]
    public void Outputs_and_statistics_are_those_of_the_reference(byte samples, byte channelCount, byte areaChoice, bool far, bool atEnd, bool inPlace)
    {
        (int batch, int channels, int area) = (2 + (samples % 9), 1 + (channelCount % 70), s_areas[areaChoice % s_areas.Length]);
        using GuardedBuffer x = new(batch * channels * area, atEnd), other = new(inPlace ? 0 : x.Length, atEnd);
        using GuardedBuffer gamma = new(channels, atEnd), beta = new(channels, atEnd), mean = new(channels, atEnd), variance = new(channels, atEnd);
        Draws.Normal(x.Length, stream: samples).CopyTo(x.Span);
        foreach (ref float value in x.Span)
        {
            value += far ? 300 : 0;
        }

        Draws.Normal(channels, stream: 2).CopyTo(gamma.Span);
        Draws.Normal(channels, stream: 3).CopyTo(beta.Span);
        (double[] x2, double[] gamma2, double[] beta2) = (Double(x.Span), Double(gamma.Span), Double(beta.Span));
        Span<float> y = inPlace ? x.Span : other.Span;

        BatchNormalization.Forward(x.Span, gamma.Span, beta.Span, batch, channels, area, Epsilon, y, mean.Span, variance.Span);

        (double[] y2, double[] mean2, double[] variance2) = BatchNormalizationReference.Forward(x2, gamma2, beta2, batch, channels, area, Epsilon);
        for (int channel = 0; channel < channels; channel++)
        {
            int[] places = BatchNormalizationReference.Places(channel, batch, channels, area);
            double[] values = [.. places.Select(i => x2[i])];
            NormalizationBound bound = new(values, Roundings(batch, area), mean2[channel], variance2[channel], Epsilon);
            Near(mean2[channel], mean.Span[channel], bound.Mean);
            Near(variance2[channel], variance.Span[channel], bound.Variance);
            foreach (int i in places)
            {
                Near(y2[i], y[i], bound.Output(x2[i], gamma2[channel], beta2[channel]));
            }
        }
    }

    /// <summary>
    /// The way back takes mean and variance as they are: a term of dGamma goes through the sum, a difference, a product, and the 4 roundings
    /// of 1/√(v + ε); a term of dInput through those of dGamma and 10 more.
    /// </summary>
    [Property(MaxTest = 150)]
    public void Gradients_are_those_of_the_reference(byte samples, byte channelCount, byte areaChoice, byte place, bool atEnd)
    {
        (int batch, int channels, int area) = (2 + (samples % 9), 1 + (channelCount % 70), s_areas[areaChoice % s_areas.Length]);
        using GuardedBuffer x = new(batch * channels * area, atEnd), dy = new(x.Length, atEnd), other = new(x.Length, atEnd);
        using GuardedBuffer gamma = new(channels, atEnd), dGamma = new(channels, atEnd), dBeta = new(channels, atEnd);
        Draws.Normal(x.Length, stream: samples).CopyTo(x.Span);
        Draws.Normal(x.Length, stream: 7).CopyTo(dy.Span);
        Draws.Normal(channels, stream: 2).CopyTo(gamma.Span);
        (float[] mean, float[] variance) = (Draws.Normal(channels, stream: 5), Array.ConvertAll(Draws.Normal(channels, stream: 6), MathF.Abs));
        (double[] x2, double[] mean2, double[] variance2) = (Double(x.Span), Double(mean), Double(variance));
        (double[] gamma2, double[] dy2) = (Double(gamma.Span), Double(dy.Span));
        Span<float> dx = (place % 4) switch { 0 => x.Span, 1 => dy.Span, 2 => other.Span, _ => [] };

        BatchNormalization.Backward(x.Span, mean, variance, gamma.Span, dy.Span, batch, channels, area, Epsilon, dx, dGamma.Span, dBeta.Span);

        (double[] dx2, double[] dGamma2, double[] dBeta2) =
            BatchNormalizationReference.Backward(x2, mean2, variance2, gamma2, dy2, batch, channels, area, Epsilon);
        int roundings = Roundings(batch, area);
        for (int channel = 0; channel < channels; channel++)
        {
            int[] places = BatchNormalizationReference.Places(channel, batch, channels, area);
            double deviation = Math.Sqrt(variance2[channel] + Epsilon), n = places.Length;
            double sum = places.Sum(i => Math.Abs(dy2[i])), products = places.Sum(i => Math.Abs(dy2[i] * (x2[i] - mean2[channel]) / deviation));
            Near(dBeta2[channel], dBeta.Span[channel], Tolerance.Gamma(roundings) * sum);
            Near(dGamma2[channel], dGamma.Span[channel], Tolerance.Gamma(roundings + 7) * products);
            for (int i = 0; i < places.Length && !dx.IsEmpty; i++)
            {
                double normalized = Math.Abs(x2[places[i]] - mean2[channel]) / deviation;
                double magnitude = Math.Abs(gamma2[channel]) / deviation * (Math.Abs(dy2[places[i]]) + (sum / n) + (normalized * products / n));
                Near(dx2[places[i]], dx[places[i]], Tolerance.Gamma(roundings + 17) * magnitude);
            }
        }
    }

    [Theory]
    [InlineData(3, 4, 1)]
    [InlineData(2, 3, 5)]
    public void The_references_gradients_are_its_central_differences(int batch, int channels, int area)
    {
        double[] x = Double(Draws.Normal(batch * channels * area, stream: 1)), weights = Double(Draws.Normal(x.Length, stream: 2));
        double[] gamma = Double(Draws.Normal(channels, stream: 3)), beta = Double(Draws.Normal(channels, stream: 4));
        (double[] y, double[] mean, double[] variance) = BatchNormalizationReference.Forward(x, gamma, beta, batch, channels, area, Epsilon);
        double error = y.Zip(weights, (a, b) => Math.Abs(a * b)).Sum() * 8 * x.Length * Math.Pow(2, -53);
        (double[] dx, double[] dGamma, double[] dBeta) =
            BatchNormalizationReference.Backward(x, mean, variance, gamma, weights, batch, channels, area, Epsilon);

        foreach ((double[] at, double[] gradient) in ((double[], double[])[])[(x, dx), (gamma, dGamma), (beta, dBeta)])
        {
            for (int i = 0; i < at.Length; i++)
            {
                (double slope, double uncertainty) = Slope.Of(Loss, ref at[i], error);
                Near(slope, gradient[i], uncertainty);
            }
        }

        double Loss() => BatchNormalizationReference.Forward(x, gamma, beta, batch, channels, area, Epsilon).Y.Zip(weights, (a, b) => a * b).Sum();
    }

    [Theory]
    [InlineData(5, 3, 49)]
    [InlineData(4, 2, 32)]
    [InlineData(3, 5, 3)]
    [InlineData(9, 45, 1)]
    [InlineData(2, 64, 1)]
    public void The_bits_are_the_same_at_every_width(int batch, int channels, int area)
    {
        AreTheSameAtEveryWidth(batch, channels, area, default(Identity), default(BatchNormalization.OpenGate));
        LeakyReLUOperator leaky = new(0.3f);
        AreTheSameAtEveryWidth(batch, channels, area, leaky, new ActivationBackward<LeakyReLUOperator>(leaky));
    }

    private static unsafe void AreTheSameAtEveryWidth<TActivation, TGate>(int batch, int channels, int area, TActivation activation, TGate gate)
        where TActivation : struct, IUnaryOperator
        where TGate : struct, IBinaryOperator
    {
        float[] x = Draws.Normal(batch * channels * area, stream: 1), dy = Draws.Normal(x.Length, stream: 2), y = new float[x.Length], dx = new float[x.Length];
        float[] gamma = Draws.Normal(channels, stream: 3), beta = Draws.Normal(channels, stream: 4), mean = new float[channels];
        float[] variance = new float[channels], dGamma = new float[channels], dBeta = new float[channels];
        fixed (float* x0 = x, dy0 = dy, y0 = y, dx0 = dx, gamma0 = gamma, beta0 = beta, mean0 = mean, variance0 = variance, dGamma0 = dGamma, dBeta0 = dBeta)
        {
            BatchNormalization.Sizes sizes = new(batch, channels, area);
            BatchNormalization.Numbers numbers = new(mean0, variance0, gamma0, beta0, Epsilon);
            BatchNormalization.ForwardWork<TActivation> forward = new(numbers, sizes.Count, activation, x0, y0);
            BatchNormalization.BackwardWork<TGate> backward = new(numbers, sizes.Count, gate, x0, dy0, dx0, dGamma0, dBeta0);
            Widths.Same(
                new BatchNormalization.Strips<BatchNormalization.ForwardWork<TActivation>>(forward, sizes, 0, sizes.Units),
                () => Array.Fill(y, float.NaN),
                () => [.. y, .. mean, .. variance]);
            Widths.Same(
                new BatchNormalization.Strips<BatchNormalization.BackwardWork<TGate>>(backward, sizes, 0, sizes.Units),
                () => Array.Fill(dx, float.NaN),
                () => [.. dx, .. dGamma, .. dBeta]);
        }
    }

    [Theory]
    [InlineData(16, 13, 169)]
    [InlineData(37, 40, 49)]
    [InlineData(5, 2100, 9)]
    [InlineData(2, 3, 9001)]
    [InlineData(300, 333, 1)]
    public void The_bits_are_the_same_for_any_number_of_threads(int batch, int channels, int area)
    {
        float[] x = Draws.Normal(batch * channels * area, stream: 1), gamma = Draws.Normal(channels, stream: 3), beta = Draws.Normal(channels, stream: 4);
        int[] first = [];
        foreach (int threads in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = threads;
            float[] y = new float[x.Length], mean = new float[channels], variance = new float[channels], dGamma = new float[channels], dBeta = new float[channels];
            BatchNormalization.Forward(x, gamma, beta, batch, channels, area, Epsilon, y, mean, variance);
            float[] dx = [.. y];
            BatchNormalization.Backward(x, mean, variance, gamma, dx, batch, channels, area, Epsilon, dx, dGamma, dBeta);
            int[] bits = Widths.Bits([.. y, .. mean, .. variance, .. dx, .. dGamma, .. dBeta]);
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void With_the_batchs_statistics_given_the_outputs_are_the_same_also_for_one_sample(int area)
    {
        const int Batch = 3, Channels = 5;
        float[] x = Draws.Normal(Batch * Channels * area, stream: 1), gamma = Draws.Normal(Channels, stream: 3), beta = Draws.Normal(Channels, stream: 4);
        float[] y = new float[x.Length], mean = new float[Channels], variance = new float[Channels], again = new float[x.Length];
        BatchNormalization.Forward(x, gamma, beta, Batch, Channels, area, Epsilon, y, mean, variance);

        int sample = Channels * area;
        for (int i = 0; i < Batch; i++)
        {
            BatchNormalization.Normalize(
                x.AsSpan(i * sample, sample), mean, variance, gamma, beta, 1, Channels, area, Epsilon, again.AsSpan(i * sample, sample));
        }

        Assert.Equal(Widths.Bits(y), Widths.Bits(again));
    }

    [Fact]
    public void A_constant_channel_becomes_beta_and_one_that_is_not_a_number_stays_alone()
    {
        float[] x = [3, 3, float.NaN, 1, 3, 3, 2, 5], y = new float[8], mean = new float[2], variance = new float[2]; // [2, 2, 2]
        BatchNormalization.Forward(x, [2, 2], [0.5f, 0], 2, 2, 2, Epsilon, y, mean, variance);

        Assert.Equal([0.5f, 0.5f, float.NaN, float.NaN, 0.5f, 0.5f, float.NaN, float.NaN], y);
        Assert.Equal([3, float.NaN], mean);
        Assert.Equal([0, float.NaN], variance);
    }

    [Fact]
    public void Running_statistics_move_by_the_momentum_towards_the_unbiased_variance()
    {
        float[] mean = [8, -4], variance = [3, 6], runningMean = [0, 4], runningVariance = [1, 2];
        BatchNormalization.UpdateStatistics(mean, variance, count: 4, momentum: 0.25f, runningMean, runningVariance);

        Assert.Equal([2, 2], runningMean);
        Assert.Equal([0.75f + (0.25f * 4), 1.5f + (0.25f * 8)], runningVariance);

        BatchNormalization.UpdateStatistics(mean, variance, count: 4, momentum: 0, runningMean, runningVariance);
        Assert.Equal([2, 2, 1.75f, 3.5f], [.. runningMean, .. runningVariance]);

        BatchNormalization.UpdateStatistics(mean, variance, count: 4, momentum: 1, runningMean, runningVariance);
        Assert.Equal([8, -4, 4, 8], [.. runningMean, .. runningVariance]);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Folded_into_a_product_the_outputs_are_those_of_both(bool hasBias, bool inPlace)
    {
        const int Channels = 6, Inputs = 35;
        float[] weight = Draws.Normal(Channels * Inputs, stream: 1), bias = hasBias ? Draws.Normal(Channels, stream: 2) : [];
        float[] mean = Draws.Normal(Channels, stream: 3), variance = Array.ConvertAll(Draws.Normal(Channels, stream: 4), MathF.Abs);
        float[] gamma = Draws.Normal(Channels, stream: 5), beta = Draws.Normal(Channels, stream: 6);
        float[] folded = inPlace ? [.. weight] : new float[weight.Length], foldedBias = new float[Channels];

        BatchNormalization.Fold(inPlace ? folded : weight, bias, mean, variance, gamma, beta, Epsilon, folded, foldedBias);

        float[] x = Draws.Normal(Inputs, stream: 7);
        for (int channel = 0; channel < Channels; channel++)
        {
            double scale = gamma[channel] / Math.Sqrt((double)variance[channel] + Epsilon), b = hasBias ? bias[channel] : 0;
            double product = b, foldedProduct = foldedBias[channel], magnitude = Math.Abs(b) + Math.Abs(mean[channel]) + Math.Abs(beta[channel] / scale);
            for (int i = 0; i < Inputs; i++)
            {
                product += weight[(channel * Inputs) + i] * (double)x[i];
                foldedProduct += folded[(channel * Inputs) + i] * (double)x[i];
                magnitude += Math.Abs(weight[(channel * Inputs) + i] * (double)x[i]);
            }

            Near(((product - mean[channel]) * scale) + beta[channel], foldedProduct, Tolerance.Gamma(8) * Math.Abs(scale) * magnitude);
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        WorkerTeam.Size = 1;
        float[] x = Draws.Normal(2 * 40 * 9, stream: 1), y = new float[x.Length], numbers = Draws.Normal(40, stream: 2), beta = new float[40];
        float[] mean = new float[40], variance = new float[40], running = new float[40], runningVariance = new float[40];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            foreach ((int batch, int area) in (ReadOnlySpan<(int, int)>)[(2, 9), (18, 1)])
            {
                BatchNormalization.Forward(x, numbers, beta, batch, 40, area, Epsilon, y, mean, variance);
                BatchNormalization.Backward(x, mean, variance, numbers, y, batch, 40, area, Epsilon, y, running, runningVariance);
                BatchNormalization.Normalize(x, mean, variance, numbers, beta, batch, 40, area, Epsilon, y);
                BatchNormalization.UpdateStatistics(mean, variance, batch * area, 0.1f, running, runningVariance);
            }
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused_and_nothing_is_written()
    {
        float[] x = [1, 2, 3, 4, 5, 6, 7, 8], y = new float[8], gamma = [1, 1], beta = [0, 0], mean = new float[2], variance = new float[2];
        void Refuses(string message, Action action) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
        void Forward(int batch, int channels, int area, float epsilon = Epsilon) =>
            BatchNormalization.Forward(x, gamma, beta, batch, channels, area, epsilon, y, mean, variance);

        Refuses("'batch' is 0, expected 1 or more.", () => Forward(0, 2, 2));
        Refuses("'channels' is -1, expected 1 or more.", () => Forward(2, -1, 2));
        Refuses("'area' is 0, expected 1 or more.", () => Forward(2, 2, 0));
        Refuses("'channels·area' is 4611686014132420609, expected at most 2147483647.", () => Forward(2, int.MaxValue, int.MaxValue));
        Refuses("'x' holds 8 values, expected 12.", () => Forward(3, 2, 2));
        Refuses("'gamma' holds 2 values, expected 4.", () => Forward(2, 4, 1));
        Refuses("'epsilon' is 0, expected a finite number above 0.", () => Forward(2, 2, 2, 0));
        Refuses(
            "BatchNormalization: 1 samples of 1 values per channel have no variance, expected 2 values or more per channel in training.",
            () => BatchNormalization.Forward(x.AsSpan(0, 2), gamma, beta, 1, 2, 1, Epsilon, y.AsSpan(0, 2), mean, variance));
        Refuses("'y' starts 1 values after 'x'", () => BatchNormalization.Forward(x.AsSpan(0, 4), gamma, beta, 1, 2, 2, Epsilon, x.AsSpan(1, 4), mean, variance));
        Refuses("'mean' starts 2 values after 'x'", () => BatchNormalization.Forward(x, gamma, beta, 2, 2, 2, Epsilon, y, x.AsSpan(2, 2), variance));
        Refuses("'variance' starts 0 values after 'mean'", () => BatchNormalization.Forward(x, gamma, beta, 2, 2, 2, Epsilon, y, mean, mean));
        Refuses("'variance' starts 0 values after 'gamma'", () => BatchNormalization.Forward(x, gamma, beta, 2, 2, 2, Epsilon, y, mean, gamma));
        Refuses("'y' starts 0 values after 'variance'", () => BatchNormalization.Normalize(
            x.AsSpan(0, 2), mean, variance, gamma, beta, 1, 2, 1, Epsilon, variance));
        Refuses("'dGamma' starts 0 values after 'dInput'", () => BatchNormalization.Backward(
            x, mean, variance, gamma, new float[8], 2, 2, 2, Epsilon, y, y.AsSpan(0, 2), beta));
        Refuses("'dBeta' starts 0 values after 'dGamma'", () => BatchNormalization.Backward(
            x, mean, variance, gamma, y, 2, 2, 2, Epsilon, y, beta, beta));
        Refuses("'dInput' holds 4 values, expected 8.", () => BatchNormalization.Backward(
            x, mean, variance, gamma, y, 2, 2, 2, Epsilon, y.AsSpan(0, 4), beta, new float[2]));
        Refuses("'momentum' is 1.5, expected 0 to 1.", () => BatchNormalization.UpdateStatistics(mean, variance, 4, 1.5f, gamma, beta));
        Refuses("1 samples of 1 values", () => BatchNormalization.UpdateStatistics(mean, variance, 1, 0.5f, gamma, beta));
        Refuses("'runningVariance' starts 0 values after 'runningMean'", () => BatchNormalization.UpdateStatistics(mean, variance, 4, 1, gamma, gamma));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 1, 1], [.. x, .. gamma]);
        Assert.All([.. y, .. mean, .. variance, .. beta], value => Assert.Equal(0, value));
    }

    /// <summary>Additions that a term of a sum goes through: those of its lane, and the tree's.</summary>
    private static int Roundings(int batch, int area) => (batch * ((area + 31) / 32)) + 5;

    private static double[] Double(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static void Near(double expected, double actual, double bound) => Assert.InRange(actual - expected, -bound, bound);
}
