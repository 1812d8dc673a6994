using SimdNet.Kernels;

namespace SimdNet.Tests.Reference;

/// <summary>Convolutions in float, in the order of the numerics contract: the bits that every width and every number of threads must give.</summary>
internal static class ConvolutionInOrder
{
    private const int Lanes = 32; // of the sums of a depthwise gradient

    public static float[] Forward(float[] x, float[] w, float[] bias, ConvolutionShape shape, Func<float, float> activation)
    {
        float[] y = new float[shape.OutputLength];
        for (int i = 0; i < y.Length; i++)
        {
            (int n, int o, int outY, int outX) = Split(i, shape.Output.ToArray());
            Sum sum = new();
            for (int k = 0; k < shape.Weight.Length / shape.OutChannels; k++)
            {
                (_, int c, int s, int t) = Split(k, shape.Weight.ToArray());
                sum.Add(w[(o * (shape.Weight.Length / shape.OutChannels)) + k], At(x, shape, n, Channel(shape, o, c), Y(shape, outY, s), X(shape, outX, t)));
            }

            y[i] = activation(bias.Length == 0 ? sum.Value : sum.Value + bias[o]);
        }

        return y;
    }

    public static float[] BackwardInput(float[] dOutput, float[] w, ConvolutionShape shape)
    {
        float[] dInput = new float[shape.InputLength];
        bool byColumns = Convolution.IsByColumns(in shape), byPlanes = Depthwise.Takes(in shape);
        for (int i = 0; i < dInput.Length; i++)
        {
            (int n, int channel, int y, int x) = Split(i, shape.Image.ToArray());
            dInput[i] = byPlanes ? ByPlanes(dOutput, w, shape, n, channel, y, x)
                : byColumns ? ByColumns(dOutput, w, shape, n, channel, y, x)
                : ByPatches(dOutput, w, shape, n, channel, y, x);
        }

        return dInput;
    }

    /// <summary>The sum of each output channel, over all its taps, those that do not take the pixel in as zeros; then these sums.</summary>
    private static float ByPlanes(float[] dOutput, float[] w, ConvolutionShape shape, int n, int channel, int y, int x)
    {
        float value = 0;
        (int first, int count) = OutChannels(shape, channel);
        for (int o = first; o < first + count; o++)
        {
            Sum sum = new();
            for (int tap = 0; tap < shape.Vertical.Kernel * shape.Horizontal.Kernel; tap++)
            {
                (int outY, int outX) = Output(shape, y, x, tap) ?? (-1, -1);
                bool inside = outY >= 0 && outY < shape.Output[1] && outX >= 0 && outX < shape.Output[2];
                sum.Add(w[Weight(shape, o, channel, tap)], inside ? dOutput[Place(shape, n, o, outY, outX)] : 0);
            }

            value = o == first ? sum.Value : value + sum.Value;
        }

        return value;
    }

    /// <summary>For each output channel the taps that take the pixel in, those that would be beyond the border as zeros.</summary>
    private static float ByPatches(float[] dOutput, float[] w, ConvolutionShape shape, int n, int channel, int y, int x)
    {
        Sum sum = new();
        (int first, int count) = OutChannels(shape, channel);
        for (int o = first; o < first + count; o++)
        {
            for (int tap = 0; tap < shape.Vertical.Kernel * shape.Horizontal.Kernel; tap++)
            {
                if (Output(shape, y, x, tap) is (int outY, int outX))
                {
                    bool inside = outY >= 0 && outY < shape.Output[1] && outX >= 0 && outX < shape.Output[2];
                    sum.Add(w[Weight(shape, o, channel, tap)], inside ? dOutput[Place(shape, n, o, outY, outX)] : 0);
                }
            }
        }

        return sum.Value;
    }

    /// <summary>For each block of lines of outputs, for each tap, the sum over output channels.</summary>
    private static float ByColumns(float[] dOutput, float[] w, ConvolutionShape shape, int n, int channel, int y, int x)
    {
        float value = 0;
        int lines = Convolution.LinesAtOnce(in shape);
        (int first, int count) = OutChannels(shape, channel);
        for (int line = 0; line < shape.Output[1]; line += lines)
        {
            for (int tap = 0; tap < shape.Vertical.Kernel * shape.Horizontal.Kernel; tap++)
            {
                if (Output(shape, y, x, tap) is (int outY, int outX)
                    && outY >= line && outY < Math.Min(line + lines, shape.Output[1]) && outX >= 0 && outX < shape.Output[2])
                {
                    Sum sum = new();
                    for (int o = first; o < first + count; o++)
                    {
                        sum.Add(w[Weight(shape, o, channel, tap)], dOutput[Place(shape, n, o, outY, outX)]);
                    }

                    value += sum.Value;
                }
            }
        }

        return value;
    }

    /// <summary>In the parts that threads share, or all pixels in one sum.</summary>
    public static float[] BackwardWeight(float[] x, float[] dOutput, ConvolutionShape shape, bool inParts = true)
    {
        float[] dWeight = new float[shape.Weight.Length];
        bool depthwise = Depthwise.Takes(in shape);
        int[] ends = [.. Enumerable.Range(1, inParts ? Convolution.WeightParts(in shape) - 1 : 0).Select(part => Convolution.FirstPixel(in shape, part))];
        for (int i = 0; i < dWeight.Length; i++)
        {
            (int o, int c, int s, int t) = Split(i, shape.Weight.ToArray());
            Sum sum = new();
            float before = 0;
            int pixel = 0;
            float[] lanes = new float[Lanes];
            for (int n = 0; n < shape.Batch; n++)
            {
                foreach ((int outY, int outX) in Pixels(shape, depthwise ? Depthwise.MostOutputs : int.MaxValue))
                {
                    float input = At(x, shape, n, Channel(shape, o, c), Y(shape, outY, s), X(shape, outX, t));
                    float gradient = dOutput[Place(shape, n, o, outY, outX)];
                    if (ends.Contains(pixel))
                    {
                        before = pixel == ends[0] ? sum.Value : before + sum.Value;
                        sum = new();
                    }

                    pixel++;
                    sum.Add(input, gradient);
                    lanes[outX % Lanes] = MathF.FusedMultiplyAdd(gradient, input, lanes[outX % Lanes]);
                }
            }

            for (int half = Lanes / 2; half > 0 && depthwise; half /= 2)
            {
                for (int lane = 0; lane < half; lane++)
                {
                    lanes[lane] += lanes[lane + half];
                }
            }

            dWeight[i] = depthwise ? lanes[0] : ends.Length == 0 ? sum.Value : before + sum.Value;
        }

        return dWeight;
    }

    /// <summary>Line after line, of lines no longer than so much; then the rest of them.</summary>
    private static IEnumerable<(int Y, int X)> Pixels(ConvolutionShape shape, int most) =>
        from chunk in Enumerable.Range(0, shape.Output[2]).Chunk(most)
        from y in Enumerable.Range(0, shape.Output[1])
        from x in chunk
        select (y, x);

    /// <summary>The output for which the tap takes the pixel in, though it may lie beyond the border; none where the stride leaves it out.</summary>
    private static (int Y, int X)? Output(in ConvolutionShape shape, int y, int x, int tap)
    {
        (int tapY, int tapX) = Math.DivRem(tap, shape.Horizontal.Kernel);
        (int outY, int restY) = Math.DivRem(y + shape.Vertical.PadBefore - (tapY * shape.Vertical.Dilation), shape.Vertical.Stride);
        (int outX, int restX) = Math.DivRem(x + shape.Horizontal.PadBefore - (tapX * shape.Horizontal.Dilation), shape.Horizontal.Stride);
        return restY == 0 && restX == 0 ? (outY, outX) : null;
    }

    /// <summary>Those of an input channel's group.</summary>
    private static (int First, int Count) OutChannels(in ConvolutionShape shape, int channel)
    {
        int count = shape.OutChannels / shape.Groups;
        return (channel / shape.Weight[1] * count, count);
    }

    private static int Weight(in ConvolutionShape shape, int o, int channel, int tap) =>
        (((o * shape.Weight[1]) + (channel % shape.Weight[1])) * shape.Vertical.Kernel * shape.Horizontal.Kernel) + tap;

    private static int Place(in ConvolutionShape shape, int n, int o, int outY, int outX) =>
        (((((n * shape.OutChannels) + o) * shape.Output[1]) + outY) * shape.Output[2]) + outX;

    private static int Channel(in ConvolutionShape shape, int o, int c) => (o / (shape.OutChannels / shape.Groups) * shape.Weight[1]) + c;

    private static int Y(in ConvolutionShape shape, int outY, int s) =>
        (outY * shape.Vertical.Stride) - shape.Vertical.PadBefore + (s * shape.Vertical.Dilation);

    private static int X(in ConvolutionShape shape, int outX, int t) =>
        (outX * shape.Horizontal.Stride) - shape.Horizontal.PadBefore + (t * shape.Horizontal.Dilation);

    private static float At(float[] x, in ConvolutionShape shape, int n, int channel, int row, int column) =>
        row < 0 || row >= shape.Image[1] || column < 0 || column >= shape.Image[2]
            ? 0
            : x[(((((n * shape.Image[0]) + channel) * shape.Image[1]) + row) * shape.Image[2]) + column];

    private static (int First, int Second, int Third, int Fourth) Split(int index, int[] dimensions)
    {
        (int rest, int fourth) = Math.DivRem(index, dimensions[^1]);
        (rest, int third) = Math.DivRem(rest, dimensions[^2]);
        (int first, int second) = Math.DivRem(rest, dimensions[^3]);
        return (first, second, third, fourth);
    }

    /// <summary>Blocks of k, each summed in order by fused multiply-add, added in order.</summary>
    private struct Sum()
    {
        private float _before = 0, _block = 0;
        private int _k = 0;

        public readonly float Value => _k <= Gemm.Blocking.Kc ? _block : _before + _block;

        public void Add(float a, float b)
        {
            if (_k > 0 && _k % Gemm.Blocking.Kc == 0)
            {
                _before = _k == Gemm.Blocking.Kc ? _block : _before + _block;
                _block = 0;
            }

            _block = MathF.FusedMultiplyAdd(a, b, _block);
            _k++;
        }
    }
}
