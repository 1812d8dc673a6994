using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>What regularisation adds to a loss.</summary>
public static class Penalty
{
    /// <summary><c>L2/2·‖p‖² + L1·‖p‖₁</c>: its gradient is <c>L2·p + L1·sign(p)</c>, as <see cref="GradientTransform"/> has it.</summary>
    /// <param name="p">[n], the parameters.</param>
    /// <param name="l2">The factor of the half square, 0 or more.</param>
    /// <param name="l1">The factor of the magnitude, 0 or more.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <returns>The same bits for any number of threads.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double Of(ReadOnlySpan<float> p, float l2, float l1, int maxThreads = 0)
    {
        Guard.NotNegative(l2, nameof(l2));
        Guard.NotNegative(l1, nameof(l1));
        return PartitionedSum.Of(new Term(l2, l1), p, p, maxThreads);
    }

    /// <summary><c>(L2/2·|x| + L1)·|x|</c></summary>
    internal readonly struct Term(float l2, float l1) : IBinaryOperator
    {
        private readonly float _halfL2 = l2 / 2, _l1 = l1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd magnitude = TSimd.Abs(x);
            return TSimd.FusedMultiplyAdd(TSimd.Broadcast(_halfL2), magnitude, TSimd.Broadcast(_l1)) * magnitude;
        }
    }
}
