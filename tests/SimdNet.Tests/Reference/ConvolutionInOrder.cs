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

    /// <summary>For each output channel the taps that take the pixel in, those that would be beyond the border as zeros.</summary>
    public static float[] BackwardInput(float[] dOutput, float[] w, ConvolutionShape shape)
    {
        float[] dInput = new float[shape.InputLength];
        (WindowAxis vertical, WindowAxis horizontal) = (shape.Vertical, shape.Horizontal);
        for (int i = 0; i < dInput.Length; i++)
        {
            (int n, int channel, int y, int x) = Split(i, shape.Image.ToArray());
            (int group, int c) = Math.DivRem(channel, shape.Weight[1]);
            Sum sum = new();
            for (int o = group * (shape.OutChannels / shape.Groups); o < (group + 1) * (shape.OutChannels / shape.Groups); o++)
            {
                for (int tap = 0; tap < vertical.Kernel * horizontal.Kernel; tap++)
                {
                    int offsetY = y + vertical.PadBefore - (tap / horizontal.Kernel * vertical.Dilation);
                    int offsetX = x + horizontal.PadBefore - (tap % horizontal.Kernel * horizontal.Dilation);
                    if (offsetY % vertical.Stride == 0 && offsetX % horizontal.Stride == 0)
                    {
                        int outY = offsetY / vertical.Stride, outX = offsetX / horizontal.Stride;
                        bool inside = outY >= 0 && outY < shape.Output[1] && outX >= 0 && outX < shape.Output[2];
                        int output = (((((n * shape.OutChannels) + o) * shape.Output[1]) + outY) * shape.Output[2]) + outX;
                        sum.Add(w[(((o * shape.Weight[1]) + c) * vertical.Kernel * horizontal.Kernel) + tap], inside ? dOutput[output] : 0);
                    }
                }
            }

            dInput[i] = sum.Value;
        }

        return dInput;
    }

    public static float[] BackwardWeight(float[] x, float[] dOutput, ConvolutionShape shape)
    {
        float[] dWeight = new float[shape.Weight.Length];
        bool depthwise = Depthwise.Takes(in shape);
        for (int i = 0; i < dWeight.Length; i++)
        {
            (int o, int c, int s, int t) = Split(i, shape.Weight.ToArray());
            Sum sum = new();
            float[] lanes = new float[Lanes];
            for (int n = 0; n < shape.Batch; n++)
            {
                for (int pixel = 0; pixel < shape.Output[1] * shape.Output[2]; pixel++)
                {
                    (int outY, int outX) = Math.DivRem(pixel, shape.Output[2]);
                    float input = At(x, shape, n, Channel(shape, o, c), Y(shape, outY, s), X(shape, outX, t));
                    float gradient = dOutput[(((n * shape.OutChannels) + o) * shape.Output[1] * shape.Output[2]) + pixel];
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

            dWeight[i] = depthwise ? lanes[0] : sum.Value;
        }

        return dWeight;
    }

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
