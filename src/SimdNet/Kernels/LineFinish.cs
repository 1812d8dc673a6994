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

/// <summary>The same where a line is shorter than a vector.</summary>
internal readonly unsafe struct FinishPart<TActivation>(TActivation activation, int count) : ILineFinish
    where TActivation : struct, IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TSimd>(TSimd sum, TSimd bias, float* destination, int repeated)
        where TSimd : struct, ISimd<TSimd> => activation.Invoke(sum + bias).StorePartial(destination, count);
}

/// <summary><c>y ← activation(y + sum + bias)</c>, y being the sum of the blocks before; where lanes are repeated it is finished.</summary>
internal readonly unsafe struct FinishSum<TActivation>(TActivation activation, int count) : ILineFinish
    where TActivation : struct, IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TSimd>(TSimd sum, TSimd bias, float* destination, int repeated)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd before = TSimd.LoadPartial(destination, count);
        TSimd.Select(TSimd.FirstLanes(repeated), before, activation.Invoke(before + sum + bias)).StorePartial(destination, count);
    }
}
