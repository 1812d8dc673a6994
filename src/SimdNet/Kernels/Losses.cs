using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>Losses, value and gradient in one pass over each row.</summary>
/// <remarks>
/// <para>
/// All have one frame. Of row i with the loss lᵢ and the weight wᵢ (1 if no weights are given), <c>loss = Σ wᵢ·lᵢ/d</c>, and
/// <c>dOutputs</c> is its gradient. For <see cref="Reduction.Sum"/> d is 1. For <see cref="Reduction.Mean"/> d is Σ wᵢ, times the number
/// of columns where lᵢ is itself a sum over columns. <c>rowLosses</c> are left as wᵢ·lᵢ, not yet divided.
/// </para>
/// <para>
/// Rows are shared among threads; every sum has the one order of <c>Loops.Fold</c>. NaN in a row makes that row's loss and the total
/// NaN, and the gradient wherever it depends on it; of no other row.
/// </para>
/// </remarks>
public static unsafe partial class Losses
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary>What every loss asks of its spans.</summary>
    private static void Check(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> rowWeights, int rows, int columns, ReadOnlySpan<float> dOutputs,
        ReadOnlySpan<float> rowLosses, string name = "outputs", string dName = "dOutputs")
    {
        Guard.Length(outputs.Length, (long)rows * columns, name);
        Guard.Weights(rowWeights, rows, nameof(rowWeights));
        Guard.Length(dOutputs.Length, outputs.Length, dName);
        Guard.Length(rowLosses.Length, rows, nameof(rowLosses));
        Guard.SameOrApart(outputs, dOutputs, name, dName);
        Guard.Apart(rowWeights, dOutputs, nameof(rowWeights), dName);
        Guard.Apart(outputs, rowLosses, name, nameof(rowLosses));
        Guard.Apart(rowWeights, rowLosses, nameof(rowWeights), nameof(rowLosses));
        Guard.Apart(dOutputs, rowLosses, dName, nameof(rowLosses));
    }

    /// <summary>A target for each output.</summary>
    private static void CheckTargets(
        ReadOnlySpan<float> targets, int length, ReadOnlySpan<float> dOutputs, ReadOnlySpan<float> rowLosses,
        string dName = "dOutputs")
    {
        Guard.Length(targets.Length, length, nameof(targets));
        Guard.Apart(targets, dOutputs, nameof(targets), dName);
        Guard.Apart(targets, rowLosses, nameof(targets), nameof(rowLosses));
    }

    /// <summary>Puts each row's weight where its loss will be.</summary>
    private static void Weigh(ReadOnlySpan<float> rowWeights, Span<float> rowLosses)
    {
        if (rowWeights.IsEmpty)
        {
            rowLosses.Fill(1);
        }
        else
        {
            rowWeights.CopyTo(rowLosses);
        }
    }

    /// <summary>What the sum of the losses is divided by. Where all weights are 0, by 1: the loss is then 0, as that of no rows.</summary>
    private static float Divisor(Reduction reduction, int columns, ReadOnlySpan<float> weights)
    {
        float sum = reduction == Reduction.Mean ? columns * Loops.Fold(default(Sum), weights) : 1;
        return sum > 0 ? sum : 1;
    }

    /// <summary>Does all rows, whose weights stand in <paramref name="rowLosses"/>, and gives the loss.</summary>
    private static float Run<TRows>(in TRows rows, int columns, float divisor, Span<float> rowLosses)
        where TRows : struct, ILossRows
    {
        WorkerTeam.For(rowLosses.Length, Math.Max(1, Grain / columns), new LossRange<TRows>(rows));
        return Loops.Fold(default(Sum), rowLosses) / divisor;
    }
}
