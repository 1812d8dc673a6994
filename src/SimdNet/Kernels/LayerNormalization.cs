using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>
/// Layer normalisation: every row is brought to mean 0 and variance 1, then each feature is stretched by its γ and moved by its β.
/// </summary>
/// <remarks>
/// Ba, Kiros and Hinton, Layer normalization (2016); PyTorch's LayerNorm, ONNX's LayerNormalization. Rows are shared among threads, and
/// for the gradients of γ and β, which are sums over the rows in their order, columns.
/// </remarks>
public static unsafe partial class LayerNormalization
{
    /// <summary><c>y = γ·(x - mean)/√(variance + ε) + β</c> with the mean and the variance (of n, not n - 1) of each row.</summary>
    /// <param name="x">[rows, features].</param>
    /// <param name="gamma">[features], γ.</param>
    /// <param name="beta">[features], β.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="features">Features, 1 or more.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="y">[rows, features]; may start where <paramref name="x"/> starts (in place).</param>
    /// <param name="mean">[rows], kept for the way back; or empty where nobody wants it.</param>
    /// <param name="inverseDeviation">[rows], <c>1/√(variance + ε)</c>, likewise.</param>
    /// <exception cref="ArgumentException">
    /// A number is out of its range, a length does not fit, or what is written overlaps something else.
    /// </exception>
    public static void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, int rows, int features, float epsilon,
        Span<float> y, Span<float> mean = default, Span<float> inverseDeviation = default)
    {
        CheckData(x, gamma, rows, features);
        Guard.Length(beta.Length, features, nameof(beta));
        Guard.Positive(epsilon, nameof(epsilon));
        Guard.Length(y.Length, x.Length, nameof(y));
        Guard.Length(mean.Length, mean.IsEmpty ? 0 : rows, nameof(mean));
        Guard.Length(inverseDeviation.Length, inverseDeviation.IsEmpty ? 0 : rows, nameof(inverseDeviation));
        Guard.SameOrApart(x, y, nameof(x), nameof(y));
        Guard.ApartFromAll(y, nameof(y), gamma, beta);
        Guard.ApartFromAll(mean, nameof(mean), x, gamma, beta, y);
        Guard.ApartFromAll(inverseDeviation, nameof(inverseDeviation), x, gamma, beta, y, mean);
        fixed (float* x0 = x, gamma0 = gamma, beta0 = beta, y0 = y, mean0 = mean, inverse = inverseDeviation)
        {
            ForwardRows body = new(x0, gamma0, beta0, features, epsilon, y0, mean0, inverse);
            WorkerTeam.For(rows, Math.Max(1, Grain / features), body);
        }
    }

    /// <summary>
    /// The way back of <see cref="Forward"/>, through the row's statistics. With <c>x̂ = (x - mean)·inverseDeviation</c>, <c>g = dOutput·γ</c>
    /// and means over the row: <c>dInput = inverseDeviation·(g - mean(g) - x̂·mean(g·x̂)); dGamma = Σ rows of dOutput·x̂; dBeta = Σ rows of
    /// dOutput</c>.
    /// </summary>
    /// <param name="x">[rows, features], as forward took it.</param>
    /// <param name="mean">[rows], as forward left it.</param>
    /// <param name="inverseDeviation">[rows], likewise.</param>
    /// <param name="gamma">[features], γ.</param>
    /// <param name="dOutput">[rows, features].</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="features">Features, 1 or more.</param>
    /// <param name="dInput">
    /// [rows, features], or empty where nobody wants it; may start where <paramref name="dOutput"/> or <paramref name="x"/> starts (in place).
    /// </param>
    /// <param name="dGamma">[features].</param>
    /// <param name="dBeta">[features].</param>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public static void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverseDeviation, ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> dOutput, int rows, int features, Span<float> dInput, Span<float> dGamma, Span<float> dBeta)
    {
        CheckData(x, gamma, rows, features);
        Guard.Length(mean.Length, rows, nameof(mean));
        Guard.Length(inverseDeviation.Length, rows, nameof(inverseDeviation));
        Guard.Length(dOutput.Length, x.Length, nameof(dOutput));
        Guard.Length(dInput.Length, dInput.IsEmpty ? 0 : x.Length, nameof(dInput));
        Guard.Length(dGamma.Length, features, nameof(dGamma));
        Guard.Length(dBeta.Length, features, nameof(dBeta));
        Guard.SameOrApart(x, dInput, nameof(x), nameof(dInput));
        Guard.SameOrApart(dOutput, dInput, nameof(dOutput), nameof(dInput));
        Guard.ApartFromAll(dInput, nameof(dInput), mean, inverseDeviation, gamma);
        Guard.ApartFromAll(dGamma, nameof(dGamma), x, mean, inverseDeviation, gamma, dOutput, dInput);
        Guard.ApartFromAll(dBeta, nameof(dBeta), x, mean, inverseDeviation, gamma, dOutput, dInput);
        Guard.Apart(dGamma, dBeta, nameof(dGamma), nameof(dBeta));
        fixed (float* x0 = x, mean0 = mean, inverse = inverseDeviation, gamma0 = gamma, dy = dOutput, dx = dInput)
        fixed (float* dGamma0 = dGamma, dBeta0 = dBeta)
        {
            Statistics statistics = new(mean0, inverse);

            // Columns first: rows may overwrite what both read.
            int strips = (features + VirtualLanes.Count - 1) / VirtualLanes.Count;
            ColumnStrips columns = new(x0, statistics, dy, rows, features, dGamma0, dBeta0);
            WorkerTeam.For(strips, Math.Max(1, Grain / VirtualLanes.Count / Math.Max(1, rows)), columns);
            if (!dInput.IsEmpty)
            {
                WorkerTeam.For(rows, Math.Max(1, Grain / features), new BackwardRows(x0, statistics, gamma0, dy, features, dx));
            }
        }
    }

    private static void CheckData(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, int rows, int features)
    {
        Guard.NotNegative(rows, nameof(rows));
        Guard.Positive(features, nameof(features));
        Guard.Length(x.Length, (long)rows * features, nameof(x));
        Guard.Length(gamma.Length, features, nameof(gamma));
    }
}
