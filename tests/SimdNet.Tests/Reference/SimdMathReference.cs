using SimdNet.Kernels;

namespace SimdNet.Tests.Reference;

/// <summary>
/// The values of <see cref="SimdNet.Simd.SimdMath"/> computed in double and rounded once more: the correctly rounded float, but for the
/// about one argument in 2²⁸ whose exact value lies within an error of double from the middle of two floats.
/// </summary>
internal static class SimdMathReference
{
    public static float Exp(float x) => (float)Math.Exp(x);

    public static float Log(float x) => (float)Math.Log(x);

    public static float Expm1(float x) => (float)DoubleMath.Expm1(x);

    public static float Log1p(float x) => (float)DoubleMath.Log1p(x);

    public static float Sigmoid(float x) => (float)DoubleMath.Sigmoid(x);

    public static float Tanh(float x) => (float)Math.Tanh(x);

    public static float Erf(float x) => (float)DoubleMath.Erf(x);
}
