using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Tests.Support;

/// <summary><c>Σ w·|y - t|²/2</c> over the samples, a test's loss: the mean, or the sum.</summary>
internal sealed class HalfSquares(bool isMean = true) : Loss(isMean ? Reduction.Mean : Reduction.Sum)
{
    internal override void CheckOutput(Shape output)
    {
    }

    internal override float Compute(in LossPass pass)
    {
        float loss = 0, divisor = (float)(Weight(pass) ?? 1);
        for (int i = 0; i < pass.Outputs.Length; i++)
        {
            float weight = pass.SampleWeights.IsEmpty ? 1 : pass.SampleWeights[i / pass.Columns];
            float difference = pass.Outputs[i] - pass.Targets[i];
            pass.DOutputs[i] = weight * difference / divisor;
            loss += weight * difference * difference / 2;
        }

        return loss / divisor;
    }

    private protected override double Sample(in LossShadow shadow, int sample) =>
        shadow.Sum(sample, static (x, t) => (x - t) * (x - t) / 2);
}
