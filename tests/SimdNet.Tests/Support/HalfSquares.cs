using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Tests.Support;

/// <summary><c>Σ w·|y - t|²/2</c> over the samples, a test's loss: the mean, or the sum.</summary>
internal sealed class HalfSquares(bool isMean = true) : Loss
{
    internal override void CheckOutput(Shape output)
    {
    }

    internal override float Compute(in LossPass pass)
    {
        float loss = 0, divisor = (float)(Divisor(pass) ?? 1);
        int outputs = pass.Outputs.Length / pass.Samples;
        for (int i = 0; i < pass.Outputs.Length; i++)
        {
            float weight = pass.SampleWeights.IsEmpty ? 1 : pass.SampleWeights[i / outputs];
            float difference = pass.Outputs[i] - pass.Targets[i];
            pass.DOutputs[i] = weight * difference / divisor;
            loss += weight * difference * difference / 2;
        }

        return loss / divisor;
    }

    internal override double? Divisor(in LossPass pass) => isMean ? base.Divisor(pass) : null;
}
