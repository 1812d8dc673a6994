using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// Batch normalisation: every channel of a batch is brought to mean 0 and variance 1, then stretched by γ and moved by β. Data are
/// [batch, channels, area]; the area of an image is height·width, that of features 1.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate shift (2015); PyTorch's
/// BatchNorm1d and BatchNorm2d, ONNX's BatchNormalization. Threads share images or channels; each sum has one order (see
/// BatchNormalization.Strips.cs). The variance takes a second look at the data, around the mean: Σx² - n·mean² would lose what the mean
/// has in digits. Three passes over what a thread has, which the last two find in its caches.
/// </remarks>
public static unsafe partial class BatchNormalization
{
    /// <summary>
    /// <c>y = γ·(x - mean)/√(variance + ε) + β</c> with the mean and the variance (of n, not n - 1) of each channel of this batch.
    /// </summary>
    /// <param name="x">[batch, channels, area].</param>
    /// <param name="gamma">[channels], γ.</param>
    /// <param name="beta">[channels], β.</param>
    /// <param name="batch">Samples; there must be 2 values or more in a channel.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="area">Values of a channel in a sample, 1 or more.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="y">[batch, channels, area]; may start where <paramref name="x"/> starts (in place).</param>
    /// <param name="mean">[channels], the batch's: kept for the way back and for <see cref="UpdateStatistics"/>.</param>
    /// <param name="variance">[channels], likewise.</param>
    /// <exception cref="ArgumentException">
    /// A size is below 1, a channel has one value only, a length does not fit, or what is written overlaps something else.
    /// </exception>
    public static void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, int batch, int channels, int area, float epsilon,
        Span<float> y, Span<float> mean, Span<float> variance) =>
        Forward(x, gamma, beta, batch, channels, area, epsilon, default(Identity), y, mean, variance);

    /// <summary><c>y = activation(γ·(x - mean)/√(variance + ε) + β + addend)</c>, where there is one.</summary>
    /// <inheritdoc cref="Forward(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, int, int, int, float, Span{float}, Span{float}, Span{float})"/>
    internal static void Forward<TActivation>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, int batch, int channels, int area, float epsilon,
        TActivation activation, Span<float> y, Span<float> mean, Span<float> variance, ReadOnlySpan<float> addend = default)
        where TActivation : struct, IUnaryOperator
    {
        CheckData(x, batch, channels, area, nameof(x));
        Guard.Length(gamma.Length, channels, nameof(gamma));
        Guard.Length(beta.Length, channels, nameof(beta));
        Guard.SeveralPerChannel(batch, area, nameof(BatchNormalization));
        Guard.Positive(epsilon, nameof(epsilon));
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.Length(mean.Length, channels, nameof(mean));
        Guard.Length(variance.Length, channels, nameof(variance));
        Guard.Length(addend.Length, addend.IsEmpty ? 0 : x.Length, nameof(addend));
        Guard.SameOrApart(x, y, nameof(x), nameof(y));
        Guard.SameOrApart(addend, y, nameof(addend), nameof(y));
        Guard.ApartFromAll(y, nameof(y), gamma, beta);
        Guard.ApartFromAll(mean, nameof(mean), x, gamma, beta, y);
        Guard.ApartFromAll(variance, nameof(variance), x, gamma, beta, y, mean);
        fixed (float* x0 = x, y0 = y, addend0 = addend, gamma0 = gamma, beta0 = beta, mean0 = mean, variance0 = variance)
        {
            Sizes sizes = new(batch, channels, area);
            ForwardWork<TActivation> work = new(new(mean0, variance0, gamma0, beta0, epsilon), sizes.Count, activation, x0, y0, addend0);
            Run(in work, in sizes);
        }
    }

    /// <summary>The same formula with statistics that are given: what a network does when it predicts.</summary>
    /// <param name="x">[batch, channels, area].</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels], each 0 or more.</param>
    /// <param name="gamma">[channels], γ.</param>
    /// <param name="beta">[channels], β.</param>
    /// <param name="batch">Samples, 1 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="area">Values of a channel in a sample, 1 or more.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="y">[batch, channels, area]; may start where <paramref name="x"/> starts (in place).</param>
    /// <exception cref="ArgumentException">
    /// A size is below 1, a length does not fit, or <paramref name="y"/> overlaps something else.
    /// </exception>
    public static void Normalize(
        ReadOnlySpan<float> x, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta,
        int batch, int channels, int area, float epsilon, Span<float> y) =>
        Normalize(x, mean, variance, gamma, beta, batch, channels, area, epsilon, default(Identity), y);

    /// <summary>The same, and then an activation.</summary>
    /// <inheritdoc cref="Normalize(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, int, int, int, float, Span{float})"/>
    internal static void Normalize<TActivation>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta,
        int batch, int channels, int area, float epsilon, TActivation activation, Span<float> y)
        where TActivation : struct, IUnaryOperator
    {
        CheckData(x, batch, channels, area, nameof(x));
        Guard.Length(mean.Length, channels, nameof(mean));
        Guard.Length(variance.Length, channels, nameof(variance));
        Guard.Length(gamma.Length, channels, nameof(gamma));
        Guard.Length(beta.Length, channels, nameof(beta));
        Guard.Positive(epsilon, nameof(epsilon));
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.SameOrApart(x, y, nameof(x), nameof(y));
        Guard.ApartFromAll(y, nameof(y), mean, variance, gamma, beta);
        fixed (float* x0 = x, y0 = y, gamma0 = gamma, beta0 = beta, mean0 = mean, variance0 = variance)
        {
            Sizes sizes = new(batch, channels, area);
            NormalizeWork<TActivation> work = new(new(mean0, variance0, gamma0, beta0, epsilon), activation, x0, y0);
            Run(in work, in sizes);
        }
    }

    /// <summary>
    /// The way back of <see cref="Forward"/>, through the batch's statistics. With <c>x̂ = (x - mean)/√(variance + ε)</c>, over the n values
    /// of a channel: <c>dBeta = Σ dOutput; dGamma = Σ dOutput·x̂; dInput = γ/√(variance + ε)·(dOutput - dBeta/n - x̂·dGamma/n)</c>.
    /// </summary>
    /// <param name="x">[batch, channels, area], as forward took it.</param>
    /// <param name="mean">[channels], as forward left it.</param>
    /// <param name="variance">[channels], likewise.</param>
    /// <param name="gamma">[channels], γ.</param>
    /// <param name="dOutput">[batch, channels, area].</param>
    /// <param name="batch">Samples; there must be 2 values or more in a channel.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="area">Values of a channel in a sample, 1 or more.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="dInput">
    /// [batch, channels, area], or empty where nobody wants it; may start where <paramref name="dOutput"/> or <paramref name="x"/> starts
    /// (in place).
    /// </param>
    /// <param name="dGamma">[channels].</param>
    /// <param name="dBeta">[channels].</param>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public static void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, ReadOnlySpan<float> gamma, ReadOnlySpan<float> dOutput,
        int batch, int channels, int area, float epsilon, Span<float> dInput, Span<float> dGamma, Span<float> dBeta) =>
        Backward(x, mean, variance, gamma, [], dOutput, batch, channels, area, epsilon, default(OpenGate), dInput, dGamma, dBeta);

    /// <summary>The way back of normalisation and activation: dOutput is the gradient with respect to what the activation gave.</summary>
    /// <typeparam name="TGate">Gives the gradient before the activation from what that was given and dOutput.</typeparam>
    /// <inheritdoc cref="Backward(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, int, int, int, float, Span{float}, Span{float}, Span{float})"/>
    internal static void Backward<TGate>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta,
        ReadOnlySpan<float> dOutput, int batch, int channels, int area, float epsilon, TGate gate,
        Span<float> dInput, Span<float> dGamma, Span<float> dBeta)
        where TGate : struct, IBinaryOperator
    {
        CheckData(x, batch, channels, area, nameof(x));
        Guard.Length(mean.Length, channels, nameof(mean));
        Guard.Length(variance.Length, channels, nameof(variance));
        Guard.Length(gamma.Length, channels, nameof(gamma));
        Guard.Length(dOutput.Length, x.Length, nameof(dOutput));
        Guard.SeveralPerChannel(batch, area, nameof(BatchNormalization));
        Guard.Positive(epsilon, nameof(epsilon));
        Guard.Length(dInput.Length, dInput.IsEmpty ? 0 : x.Length, nameof(dInput));
        Guard.Length(dGamma.Length, channels, nameof(dGamma));
        Guard.Length(dBeta.Length, channels, nameof(dBeta));
        Guard.SameOrApart(x, dInput, nameof(x), nameof(dInput));
        Guard.SameOrApart(dOutput, dInput, nameof(dOutput), nameof(dInput));
        Guard.ApartFromAll(dInput, nameof(dInput), mean, variance, gamma);
        Guard.ApartFromAll(dGamma, nameof(dGamma), x, mean, variance, gamma, dOutput, dInput);
        Guard.ApartFromAll(dBeta, nameof(dBeta), x, mean, variance, gamma, dOutput, dInput);
        Guard.Apart(dGamma, dBeta, nameof(dGamma), nameof(dBeta));
        fixed (float* x0 = x, dx = dInput, dy = dOutput, dGamma0 = dGamma, dBeta0 = dBeta)
        fixed (float* mean0 = mean, variance0 = variance, gamma0 = gamma, beta0 = beta)
        {
            Sizes sizes = new(batch, channels, area);
            BackwardWork<TGate> work = new(new(mean0, variance0, gamma0, beta0, epsilon), sizes.Count, gate, x0, dy, dx, dGamma0, dBeta0);
            Run(in work, in sizes);
        }
    }

    /// <summary>
    /// <c>running ← (1 - momentum)·running + momentum·batch</c>, for the mean and for the unbiased variance, n/(n - 1) times that of n.
    /// </summary>
    /// <param name="mean">[channels], as <see cref="Forward"/> left it.</param>
    /// <param name="variance">[channels], likewise.</param>
    /// <param name="count">n = batch·area, 2 or more: the values of a channel.</param>
    /// <param name="momentum">The weight of this batch, 0 to 1.</param>
    /// <param name="runningMean">[channels]; 0 before the first batch.</param>
    /// <param name="runningVariance">[channels]; 1 before the first batch.</param>
    /// <exception cref="ArgumentException">A length does not fit, a number is out of its range, or spans overlap.</exception>
    public static void UpdateStatistics(
        ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, long count, float momentum, Span<float> runningMean, Span<float> runningVariance)
    {
        Guard.Length(variance.Length, mean.Length, nameof(variance));
        Guard.SeveralPerChannel(count, 1, nameof(BatchNormalization));
        Guard.Share(momentum, nameof(momentum));
        Guard.Length(runningMean.Length, mean.Length, nameof(runningMean));
        Guard.Length(runningVariance.Length, mean.Length, nameof(runningVariance));
        Guard.ApartFromAll(runningMean, nameof(runningMean), mean, variance);
        Guard.ApartFromAll(runningVariance, nameof(runningVariance), mean, variance, runningMean);
        Loops.Zip(new Blend(momentum, 1), runningMean, mean, runningMean);
        Loops.Zip(new Blend(momentum, count / (count - 1.0)), runningVariance, variance, runningVariance);
    }

    private static void CheckData(ReadOnlySpan<float> x, int batch, int channels, int area, string name)
    {
        Guard.Positive(batch, nameof(batch));
        Guard.Positive(channels, nameof(channels));
        Guard.Positive(area, nameof(area));
        Guard.AtMost((long)channels * area, int.MaxValue, "channels·area");
        Guard.Length(x.Length, (long)batch * channels * area, name);
    }

    /// <summary><c>(1 - share)·x + share·factor·y</c></summary>
    private readonly struct Blend(double share, double factor) : IBinaryOperator
    {
        private readonly float _old = (float)(1 - share), _new = (float)(share * factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(TSimd.Broadcast(_new), y, TSimd.Broadcast(_old) * x);
    }
}
