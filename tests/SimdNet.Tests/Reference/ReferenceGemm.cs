using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="Gemm"/> computes: <c>C ← activation(α·A·B + β·C + bias)</c>, one element after the other.</summary>
internal static class ReferenceGemm
{
    /// <summary>In double.</summary>
    /// <returns>[m, n], row-major.</returns>
    public static double[] Multiply(
        double alpha,
        ReadOnlyMatrix a,
        ReadOnlyMatrix b,
        double beta,
        ReadOnlyMatrix c,
        ReadOnlySpan<float> rowBias,
        ReadOnlySpan<float> columnBias,
        Func<double, double> activation)
    {
        double[] result = new double[c.Rows * c.Columns];
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < a.Columns && alpha != 0; k++)
                {
                    sum += (double)a[i, k] * b[k, j];
                }

                double value = (alpha * sum) + (beta == 0 ? 0 : beta * c[i, j]);
                value += (rowBias.IsEmpty ? 0 : rowBias[i]) + (columnBias.IsEmpty ? 0 : (double)columnBias[j]);
                result[(i * c.Columns) + j] = activation(value);
            }
        }

        return result;
    }

    /// <summary>In float, in the order of the numerics contract: the bits that every width, layout and thread count must give.</summary>
    /// <returns>[m, n], row-major.</returns>
    public static float[] MultiplyInOrder(
        float alpha,
        ReadOnlyMatrix a,
        ReadOnlyMatrix b,
        float beta,
        ReadOnlyMatrix c,
        ReadOnlySpan<float> rowBias,
        ReadOnlySpan<float> columnBias,
        Func<float, float> activation)
    {
        float[] result = new float[c.Rows * c.Columns];
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                int k = 0, depth = alpha == 0 ? 0 : a.Columns;
                float value = Block(a, b, i, j, ref k, depth) * alpha;
                value = beta == 0 ? value : MathF.FusedMultiplyAdd(beta, c[i, j], value);
                while (k < depth)
                {
                    value += Block(a, b, i, j, ref k, depth) * alpha;
                }

                value = columnBias.IsEmpty ? (rowBias.IsEmpty ? value : value + rowBias[i])
                    : value + (rowBias.IsEmpty ? columnBias[j] : rowBias[i] + columnBias[j]);
                result[(i * c.Columns) + j] = activation(value);
            }
        }

        return result;
    }

    private static float Block(ReadOnlyMatrix a, ReadOnlyMatrix b, int i, int j, ref int k, int depth)
    {
        float sum = 0;
        for (int end = Math.Min(k + Gemm.Blocking.Kc, depth); k < end; k++)
        {
            sum = MathF.FusedMultiplyAdd(a[i, k], b[k, j], sum);
        }

        return sum;
    }
}
