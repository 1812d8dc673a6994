namespace SimdNet.Tests.Reference;

/// <summary>What <see cref="SimdNet.Layers.Orthogonalization"/> makes, by Householder's reflections of the identity.</summary>
internal static class OrthogonalizationReference
{
    public static double[] Apply(float[] values, int rows, int columns)
    {
        bool wide = rows < columns;
        (int length, int count) = wide ? (columns, rows) : (rows, columns);
        int Place(int vector, int i) => wide ? (vector * columns) + i : (i * columns) + vector;
        double[][] a = [.. Enumerable.Range(0, count).Select(j => Enumerable.Range(0, length).Select(i => (double)values[Place(j, i)]).ToArray())];
        double[][] q = [.. Enumerable.Range(0, count).Select(_ => new double[length])];
        double[][] reflectors = new double[count][];
        for (int k = 0; k < count; k++)
        {
            double norm = Math.Sqrt(a[k].Skip(k).Sum(value => value * value));
            q[k][k] = a[k][k] > 0 ? -1 : 1; // the sign of the diagonal of R
            double[] v = [.. a[k]];
            v.AsSpan(0, k).Clear();
            v[k] -= q[k][k] * norm;
            reflectors[k] = v;
            Reflect(a, v);
        }

        foreach (double[] v in reflectors.Reverse())
        {
            Reflect(q, v);
        }

        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[Place(i / length, i % length)] = q[i / length][i % length];
        }

        return result;
    }

    /// <summary><c>x ← x - 2v(v·x)/(v·v)</c> for each vector x.</summary>
    private static void Reflect(double[][] vectors, double[] v)
    {
        double square = v.Sum(value => value * value);
        foreach (double[] x in vectors)
        {
            double product = v.Zip(x, (a, b) => a * b).Sum();
            for (int i = 0; i < x.Length; i++)
            {
                x[i] -= 2 * v[i] * product / square;
            }
        }
    }
}
