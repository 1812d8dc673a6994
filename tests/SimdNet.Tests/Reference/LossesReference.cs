namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Kernels.Losses"/> computes, in double.</summary>
internal static class LossesReference
{
    public static double SoftmaxCrossEntropy(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int classes, Span<double> dLogits)
    {
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> x = logits.Slice(row * classes, classes);
            double maximum = double.NegativeInfinity, sum = 0;
            foreach (double value in x)
            {
                maximum = Math.Max(maximum, value);
            }

            foreach (double value in x)
            {
                sum += Math.Exp(value - maximum);
            }

            loss += Math.Log(sum) - (x[labels[row]] - maximum);
            for (int i = 0; i < classes && !dLogits.IsEmpty; i++)
            {
                dLogits[(row * classes) + i] = ((Math.Exp(x[i] - maximum) / sum) - (i == labels[row] ? 1 : 0)) / labels.Length;
            }
        }

        return loss / labels.Length;
    }
}
