using SimdNet.Simd;

namespace SimdNet.Tests.Support;

/// <summary><c>max(x, slope·x)</c>, a test's activation: it has a field, knows signs, and enlarges no error while 0 ≤ slope ≤ 1.</summary>
internal readonly struct Leaky(float slope) : IUnaryOperator
{
    public TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd> => TSimd.Max(x, TSimd.Broadcast(slope) * x);
}
