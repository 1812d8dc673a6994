using System.Numerics.Tensors;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Batch normalisation as part of the product before it.</content>
public static unsafe partial class BatchNormalization
{
    /// <summary>
    /// The weight and bias of one product that does what a product and then <see cref="Normalize"/> does: of <c>W·x + b</c> follows
    /// <c>W' = γ/√(variance + ε)·W; b' = γ/√(variance + ε)·(b - mean) + β</c>, which is b normalised like any other output.
    /// </summary>
    /// <param name="weight">[channels, ...], the outputs outermost, as Dense and Conv2D have it.</param>
    /// <param name="bias">[channels], or empty for none.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels].</param>
    /// <param name="gamma">[channels], γ.</param>
    /// <param name="beta">[channels], β.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="foldedWeight">[channels, ...]; may start where <paramref name="weight"/> starts.</param>
    /// <param name="foldedBias">[channels]; may start where <paramref name="bias"/> starts.</param>
    internal static void Fold(
        ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance,
        ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> foldedWeight, Span<float> foldedBias)
    {
        int channels = gamma.Length, inputs = weight.Length / channels;
        if (bias.IsEmpty)
        {
            foldedBias.Clear();
            bias = foldedBias;
        }

        Normalize(bias, mean, variance, gamma, beta, batch: 1, channels, area: 1, epsilon, foldedBias);
        for (int channel = 0; channel < channels; channel++)
        {
            float scale = Scale(gamma[channel], variance[channel], epsilon);
            TensorPrimitives.Multiply(weight.Slice(channel * inputs, inputs), scale, foldedWeight.Slice(channel * inputs, inputs));
        }
    }

    /// <summary>One channel's <see cref="Numbers.Scale"/>.</summary>
    private static float Scale(float gamma, float variance, float epsilon)
    {
        Numbers numbers = new(null, &variance, &gamma, epsilon);
        return SimdPortable.ToScalar(numbers.Scale<OneChannel, SimdPortable>(new(0, 1, 1, 1, 0, 1)));
    }
}
