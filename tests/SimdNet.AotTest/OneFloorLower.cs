using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Support;

namespace SimdNet.AotTest;

/// <summary>README's "One floor lower": a product with an epilogue, a function of the library and one of the caller's.</summary>
internal static class OneFloorLower
{
    public static void Run()
    {
        Multiply(m: 5, n: 3, k: 7);       // small: nothing is packed
        Multiply(m: 131, n: 257, k: 1100); // packed, shared among threads, more than one block of k
        Exponentials();
    }

    private static void Multiply(int m, int n, int k)
    {
        float[] a = Draws.Of(m * k), bt = Draws.Of(n * k), bias = Draws.Of(n), c = new float[m * n];
        Gemm.Multiply(
            alpha: 1, new ReadOnlyMatrix(a, m, k), new ReadOnlyMatrix(bt, n, k).Transposed, beta: 0, new Matrix(c, m, n),
            new Epilogue<ReLUOperator>(default) { ColumnBias = bias });

        double[] x = Affine.Widen(a), weight = Affine.Widen(bt), b = Affine.Widen(bias);
        double[] magnitudes = Affine.Forward(Affine.Magnitudes(x), Affine.Magnitudes(weight), Affine.Magnitudes(b));
        Expect.Near(
            c, Affine.ReLU(Affine.Forward(x, weight, b)), i => Tolerance.Gamma(k + 2) * magnitudes[i], $"[{m}, {k}]·[{k}, {n}]");
    }

    private static void Exponentials()
    {
        float[] x = [.. Draws.Of(1001).Select(value => 80 * value)], y = new float[x.Length];
        Loops.Map(new Exp(), x, y);
        double[] exact = Array.ConvertAll(x, value => Math.Exp(value));
        Expect.Near(y, exact, i => MathF.BitIncrement((float)exact[i]) - (float)exact[i], "Exp");

        Loops.Map(default(Cube), x, y);
        double[] cubes = Array.ConvertAll(x, value => (double)value * value * value);
        Expect.Near(y, cubes, i => Tolerance.Gamma(2) * Math.Abs(cubes[i]), "Cube");
    }

    /// <summary>x³</summary>
    private readonly struct Cube : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => x * x * x;
    }
}
