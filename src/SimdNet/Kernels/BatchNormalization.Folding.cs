using System.Numerics.Tensors;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Batch normalisation as part of the product before it.</content>
public static unsafe partial class BatchNormalization
{
    /// <summary>
    /// The weight and bias of one product that does what a product and then <see cref="Normalize"/> do: of <c>W·x + b</c> follows
    /// <c>W' = γ/√(variance + ε)·W; b' = γ/√(variance + ε)·(b - mean) + β</c>, which is b normalised as an output is.
    /// </summary>
    /// <param name="weight">[channels, ...], the outputs outermost, as Dense and Conv2D have it.</param>
    /// <param name="bias">[channels], or empty for none.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels].</param>
    /// <param name="gamma">[channels], γ.</param>
    /// <param name="beta">[channels], β.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="foldedWeight">[channels, ...]; may start where <paramref name="weight"/> starts (in place).</param>
    /// <param name="foldedBias">[channels]; may start where <paramref name="bias"/> starts (in place).</param>
    internal static void Fold(
        ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance,
        ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> foldedWeight, Span<float> foldedBias)
    {
        if (bias.IsEmpty)
        {
            foldedBias.Clear();
            bias = foldedBias;
        }

        Normalize(bias, mean, variance, gamma, beta, batch: 1, gamma.Length, area: 1, epsilon, foldedBias);
        int inputs = weight.Length / gamma.Length;
        fixed (float* mean0 = mean, variance0 = variance, gamma0 = gamma)
        {
            Numbers numbers = new(mean0, variance0, gamma0, null, epsilon);
            for (int channel = 0; channel < gamma.Length; channel++)
            {
                ScaleKernel scale = new(numbers, channel);
                SimdWidth.Invoke(ref scale);
                TensorPrimitives.Multiply(weight.Slice(channel * inputs, inputs), scale.Result, foldedWeight.Slice(channel * inputs, inputs));
            }
        }
    }

    /// <summary>The one <see cref="Numbers.Scale"/> of a channel.</summary>
    private struct ScaleKernel(Numbers numbers, int channel) : ISimdKernel
    {
        public float Result { get; private set; }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Result = TSimd.ToScalar(numbers.Scale<TSimd>(new(channel, 1, 1, 1, 1, 1, 0, 0)));
    }
}
