namespace SimdNet.Tests.Reference;

/// <summary>
/// What <see cref="SimdNet.Kernels.AdamStep"/> computes for one parameter, in double and with the bias corrections where the paper has them.
/// </summary>
internal static class AdamStepReference
{
    public static void Update(
        ref double p, double g, ref double m, ref double v, float learningRate, float beta1, float beta2, float epsilon, long step)
    {
        m = (beta1 * m) + ((1.0 - beta1) * g);
        v = (beta2 * v) + ((1.0 - beta2) * g * g);
        double corrected = m / (1 - Math.Pow(beta1, step)), correctedSquare = v / (1 - Math.Pow(beta2, step));
        p -= learningRate * corrected / (Math.Sqrt(correctedSquare) + epsilon);
    }
}
