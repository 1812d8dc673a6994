namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.SoftmaxRows"/> computes, in double.</summary>
internal static class SoftmaxRowsReference
{
    public static double[] Forward(ReadOnlySpan<float> x, int columns) => Array.ConvertAll(LogForward(x, columns), Math.Exp);

    public static double[] LogForward(ReadOnlySpan<float> x, int columns)
    {
        double[] y = new double[x.Length];
        for (int row = 0; row < x.Length; row += columns)
        {
            double maximum = double.NegativeInfinity, sum = 0;
            for (int j = 0; j < columns; j++)
            {
                maximum = Math.Max(maximum, x[row + j]);
            }

            for (int j = 0; j < columns; j++)
            {
                sum += Math.Exp(x[row + j] - maximum);
            }

            for (int j = 0; j < columns; j++)
            {
                y[row + j] = x[row + j] - maximum - Math.Log(sum);
            }
        }

        return y;
    }

    public static double[] Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dOutput, int columns)
    {
        double[] dInput = new double[y.Length];
        for (int row = 0; row < y.Length; row += columns)
        {
            double sum = 0;
            for (int j = 0; j < columns; j++)
            {
                sum += (double)y[row + j] * dOutput[row + j];
            }

            for (int j = 0; j < columns; j++)
            {
                dInput[row + j] = y[row + j] * (dOutput[row + j] - sum);
            }
        }

        return dInput;
    }

    public static double[] LogBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dOutput, int columns)
    {
        double[] dInput = new double[y.Length];
        for (int row = 0; row < y.Length; row += columns)
        {
            double sum = 0;
            for (int j = 0; j < columns; j++)
            {
                sum += dOutput[row + j];
            }

            for (int j = 0; j < columns; j++)
            {
                dInput[row + j] = dOutput[row + j] - (Math.Exp(y[row + j]) * sum);
            }
        }

        return dInput;
    }
}
