using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>
/// A piece of the flat buffer whose parameters are treated alike: one call of a kernel. Padding belongs to the piece before it.
/// </summary>
/// <param name="Start">Its first value.</param>
/// <param name="End">One past its last.</param>
/// <param name="RateScale">What the learning rate is multiplied by.</param>
/// <param name="Decay">λ of decoupled decay.</param>
/// <param name="L2">λ₂ of the penalty, the factor of w in its gradient.</param>
/// <param name="HalfL1">λ₁/2 of the penalty, the factor of sign(w) in its gradient.</param>
internal readonly record struct ParameterRun(int Start, int End, float RateScale, float Decay, float L2, float HalfL1)
{
    public bool IsPenalized => L2 > 0 || HalfL1 > 0;

    public Range Range => Start..End;

    /// <summary>Cuts a network's trained parameters into as few runs as the settings allow.</summary>
    /// <exception cref="ArgumentException">A group asks for a decay that the optimizer does not have.</exception>
    public static ParameterRun[] Cut(
        Network network, Optimizer optimizer, Regularization regularization, IReadOnlyList<ParameterGroup> groups)
    {
        List<ParameterRun> runs = [];
        foreach (Window window in network.Parameters)
        {
            ParameterGroup? group = groups.FirstOrDefault(group => group.Contains(window));
            if (group?.WeightDecay > 0 && optimizer.Decay is null)
            {
                Throw.NoDecay(nameof(groups), group.WeightDecay.Value, optimizer.GetType().Name);
            }

            bool isWeight = window.Role == ParameterRole.Weight;
            Regularization penalty = group?.Regularization ?? (isWeight ? regularization : Regularization.None);
            float decay = group?.WeightDecay ?? (isWeight ? optimizer.Decay ?? 0 : 0);
            int end = window.Offset + AlignedBuffer.Align(window.Length);
            ParameterRun run = new(window.Offset, end, group?.LearningRateScale ?? 1, decay, penalty.L2, penalty.L1 / 2);
            if (runs.Count > 0 && runs[^1] with { Start = run.Start, End = run.End } == run)
            {
                runs[^1] = runs[^1] with { End = end };
            }
            else
            {
                runs.Add(run);
            }
        }

        return [.. runs];
    }
}
