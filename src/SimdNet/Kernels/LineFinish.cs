using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>What becomes of a vector of sums. Each is a kernel of its own: what it has no need of is not in the way of its sums' registers.</summary>
internal unsafe interface ILineFinish
{
    void Store<TSimd>(TSimd sum, TSimd bias, float* destination, int repeated)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary><c>y ← activation(sum + bias)</c></summary>
internal readonly unsafe struct FinishWhole<TActivation>(TActivation activation) : ILineFinish
    where TActivation : struct, IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TSimd>(TSimd sum, TSimd bias, float* destination, int repeated)
        where TSimd : struct, ISimd<TSimd> => activation.Invoke(sum + bias).Store(destination);
}

/// <summary><c>y ← sum + bias</c>, where a vector has fewer outputs than lanes.</summary>
internal readonly unsafe struct FinishPart(int count) : ILineFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TSimd>(TSimd sum, TSimd bias, float* destination, int repeated)
        where TSimd : struct, ISimd<TSimd> => (sum + bias).StorePartial(destination, count);
}

/// <summary><c>y ← y + sum + bias</c>, y being the sum of the blocks of k before; where lanes are repeated that has been done.</summary>
internal readonly unsafe struct FinishSum(int count) : ILineFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TSimd>(TSimd sum, TSimd bias, float* destination, int repeated)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd before = TSimd.LoadPartial(destination, count);
        TSimd.Select(TSimd.FirstLanes(repeated), before, before + sum + bias).StorePartial(destination, count);
    }
}
