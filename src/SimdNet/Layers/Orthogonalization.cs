using System.Numerics.Tensors;

namespace SimdNet.Layers;

/// <summary>Makes the rows of a matrix orthonormal, or its columns if there are fewer.</summary>
/// <remarks>
/// The factor Q of A = Q·R with a positive diagonal of R, which is unique: where A is normal, Q is distributed evenly over all such matrices
/// (Mezzadri, How to generate random matrices from the classical compact groups, 2007). By the modified method of Gram and Schmidt in double,
/// one row of A after the other, so that vectors run along rows and each sum has one order: the same bits on every machine.
/// </remarks>
internal static class Orthogonalization
{
    /// <param name="values">[rows, columns], of full rank; becomes <paramref name="gain"/> times orthonormal.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="gain">The length of each row, or column.</param>
    public static void Apply(Span<float> values, int rows, int columns, float gain)
    {
        bool wide = rows < columns;
        (int height, int width) = wide ? (columns, rows) : (rows, columns);
        double[] tall = new double[values.Length]; // [height, width]
        for (int i = 0; i < values.Length; i++)
        {
            tall[wide ? Transposed(i, rows, columns) : i] = values[i];
        }

        Columns(tall, height, width);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(gain * tall[wide ? Transposed(i, rows, columns) : i]);
        }
    }

    private static int Transposed(int index, int rows, int columns) => (index % columns * rows) + (index / columns);

    /// <summary>
    /// <code>
    /// for each column q:  q ← q/‖q‖;  r = qᵀ·(the columns after it);  the columns after it -= q·r
    /// </code>
    /// </summary>
    private static void Columns(double[] a, int height, int width)
    {
        double[] products = new double[width];
        for (int column = 0; column < width; column++)
        {
            double square = 0;
            for (int row = 0; row < height; row++)
            {
                square += a[(row * width) + column] * a[(row * width) + column];
            }

            double length = Math.Sqrt(square);
            Span<double> r = products.AsSpan(column + 1);
            r.Clear();
            for (int row = 0; row < height; row++)
            {
                Span<double> rest = a.AsSpan((row * width) + column, width - column);
                rest[0] /= length;
                TensorPrimitives.MultiplyAdd(rest[1..], rest[0], r, r);
            }

            for (int row = 0; row < height; row++)
            {
                Span<double> rest = a.AsSpan((row * width) + column, width - column);
                TensorPrimitives.MultiplyAdd(r, -rest[0], rest[1..], rest[1..]);
            }
        }
    }
}
