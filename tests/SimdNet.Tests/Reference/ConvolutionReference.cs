using SimdNet.Kernels;

namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="Convolution"/> computes, by seven loops.</summary>
internal static class ConvolutionReference
{
    /// <summary>A product of one output: the places of its input, its weight and itself.</summary>
    public delegate void Term(int input, int weight, int output);

    /// <summary>Every term, an output's in the order in which it is summed.</summary>
    public static void Terms(in ConvolutionShape shape, Term term)
    {
        (int height, int width) = (shape.Image[1], shape.Image[2]);
        (int channels, int outChannels) = (shape.Image[0] / shape.Groups, shape.OutChannels / shape.Groups);
        for (int n = 0; n < shape.Batch; n++)
        {
            for (int o = 0; o < shape.OutChannels; o++)
            {
                for (int outY = 0; outY < shape.Output[1]; outY++)
                {
                    for (int outX = 0; outX < shape.Output[2]; outX++)
                    {
                        for (int c = 0; c < channels; c++)
                        {
                            for (int s = 0; s < shape.Vertical.Kernel; s++)
                            {
                                for (int t = 0; t < shape.Horizontal.Kernel; t++)
                                {
                                    int y = (outY * shape.Vertical.Stride) - shape.Vertical.PadBefore + (s * shape.Vertical.Dilation);
                                    int x = (outX * shape.Horizontal.Stride) - shape.Horizontal.PadBefore + (t * shape.Horizontal.Dilation);
                                    if (y >= 0 && y < height && x >= 0 && x < width)
                                    {
                                        int channel = (o / outChannels * channels) + c;
                                        term(
                                            (((((n * shape.Image[0]) + channel) * height) + y) * width) + x,
                                            (((((o * channels) + c) * shape.Vertical.Kernel) + s) * shape.Horizontal.Kernel) + t,
                                            (((((n * shape.OutChannels) + o) * shape.Output[1]) + outY) * shape.Output[2]) + outX);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// <returns>y = w·patches(x) + bias.</returns>
    public static double[] Forward(ReadOnlySpan<double> x, ReadOnlySpan<double> w, ReadOnlySpan<double> bias, in ConvolutionShape shape)
    {
        double[] input = x.ToArray(), weight = w.ToArray(), y = new double[shape.OutputLength];
        for (int i = 0; i < y.Length && !bias.IsEmpty; i++)
        {
            y[i] = bias[i / (shape.Output[1] * shape.Output[2]) % shape.OutChannels];
        }

        Terms(in shape, (i, k, o) => y[o] += input[i] * weight[k]);
        return y;
    }

    public static double[] BackwardInput(ReadOnlySpan<double> dOutput, ReadOnlySpan<double> w, in ConvolutionShape shape)
    {
        double[] gradient = dOutput.ToArray(), weight = w.ToArray(), dInput = new double[shape.InputLength];
        Terms(in shape, (i, k, o) => dInput[i] += gradient[o] * weight[k]);
        return dInput;
    }

    public static double[] BackwardWeight(ReadOnlySpan<double> x, ReadOnlySpan<double> dOutput, in ConvolutionShape shape)
    {
        double[] input = x.ToArray(), gradient = dOutput.ToArray(), dWeight = new double[shape.Weight.Length];
        Terms(in shape, (i, k, o) => dWeight[k] += input[i] * gradient[o]);
        return dWeight;
    }

    public static double[] BackwardBias(ReadOnlySpan<double> dOutput, in ConvolutionShape shape)
    {
        double[] dBias = new double[shape.OutChannels];
        for (int i = 0; i < dOutput.Length; i++)
        {
            dBias[i / (shape.Output[1] * shape.Output[2]) % shape.OutChannels] += dOutput[i];
        }

        return dBias;
    }
}
