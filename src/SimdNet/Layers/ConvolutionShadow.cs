using SimdNet.Kernels;

namespace SimdNet.Layers;

/// <summary>A convolution or its transpose in double precision, term by term.</summary>
internal static unsafe class ConvolutionShadow
{
    /// <param name="from">x of the convolution, or y of it if <paramref name="transposed"/>.</param>
    /// <param name="weight">w of the convolution.</param>
    /// <param name="bias">A value for each channel of <paramref name="to"/>, or empty.</param>
    /// <param name="to">y of the convolution, or x of it if <paramref name="transposed"/>.</param>
    /// <param name="shape">The sizes of the convolution.</param>
    /// <param name="transposed">Whether the terms go back.</param>
    public static void Run(
        ReadOnlySpan<double> from, ReadOnlySpan<double> weight, ReadOnlySpan<double> bias, Span<double> to, in ConvolutionShape shape,
        bool transposed)
    {
        (int channels, int area) = transposed ? (shape.Channels, shape.Area) : (shape.OutChannels, shape.OutArea);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = bias.IsEmpty ? 0 : bias[i / area % channels];
        }

        Patches patches = Patches.Of(in shape, null, 0);
        int taps = shape.GroupChannels * shape.Taps;
        for (int output = 0; output < shape.OutputLength; output++)
        {
            (int image, int place) = Math.DivRem(output, shape.Output.Length);
            (int channel, int pixel) = Math.DivRem(place, shape.OutArea);
            int group = channel / shape.GroupOutChannels * shape.GroupChannels * shape.Area;
            for (int tap = 0; tap < taps; tap++)
            {
                long source = patches.Place(tap, (image * shape.OutArea) + pixel);
                if (source >= 0)
                {
                    int input = group + (int)source;
                    to[transposed ? input : output] += weight[(channel * taps) + tap] * from[transposed ? output : input];
                }
            }
        }
    }
}
