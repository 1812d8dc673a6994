using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Simd;

namespace SimdNet.Tests.Support;

/// <summary><c>x²</c>; backward <c>2x·dOutput</c>: an activation whose way back takes the input, as GELU's will.</summary>
internal readonly struct SquareOperator : IActivation
{
    public static bool BackwardTakesOutput => false;

    public double Invoke(double x) => x * x;

    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => x * x;

    public TSimd Backward<TSimd>(TSimd value, TSimd dOutput)
        where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(2) * value * dOutput;
}

/// <summary>The layer of <see cref="SquareOperator"/>.</summary>
internal sealed class Square() : Activation<SquareOperator>(default);
