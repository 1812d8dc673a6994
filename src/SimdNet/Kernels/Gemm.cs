using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>
/// Matrix products, float32: <c>C ← activation(α·A·B + β·C + bias)</c>. Each element of C is summed in order of k by fused multiply-add, in
/// blocks of one size, whatever the shape, the strides, the threads and the width of the vectors: its bits depend on its row of A, its
/// column of B and what is done with the sum, on nothing else.
/// </summary>
/// <remarks>
/// The blocking follows K. Goto and R. A. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34 (2008), and F. G.
/// Van Zee and R. A. van de Geijn, "BLIS", ACM TOMS 41 (2015). Nothing is allocated after a thread's first product.
/// </remarks>
public static partial class Gemm
{
    /// <summary><c>C ← A·B</c>, dense row-major matrices.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">[m, n], written; it must not overlap <paramref name="a"/> or <paramref name="b"/>.</param>
    /// <param name="m">Rows of A and C, 0 or more.</param>
    /// <param name="n">Columns of B and C, 0 or more.</param>
    /// <param name="k">Columns of A and rows of B, 0 or more; 0 makes C zero.</param>
    /// <exception cref="ArgumentException">A size is negative, a length does not fit its sizes, or C overlaps an operand.</exception>
    public static unsafe void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        Guard.NotNegative(m, nameof(m));
        Guard.NotNegative(n, nameof(n));
        Guard.NotNegative(k, nameof(k));
        Guard.Matrix(a.Length, m, k, nameof(a));
        Guard.Matrix(b.Length, k, n, nameof(b));
        Guard.Matrix(c.Length, m, n, nameof(c));
        Guard.Apart(a, c, nameof(a), nameof(c));
        Guard.Apart(b, c, nameof(b), nameof(c));
        fixed (float* aData = a, bData = b, cData = c)
        {
            Product<Identity> product = default;
            product.RowEnd = m;
            product.ColumnEnd = n;
            product.K = k;
            product.A = new(aData, k, 1);
            product.B = new(bData, n, 1);
            product.C = new(cData, n, 1);
            product.Epilogue.Alpha = 1;
            Run(ref product, maxThreads: 0);
        }
    }

    /// <summary><c>C ← α·A·B + β·C</c>.</summary>
    /// <param name="alpha">α; where it is 0, A and B are not read.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="beta">β; where it is 0, C is not read.</param>
    /// <param name="c">[m, n], written; it must not overlap <paramref name="a"/> or <paramref name="b"/>.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together, or C overlaps an operand.</exception>
    public static void Multiply(float alpha, ReadOnlyMatrix a, ReadOnlyMatrix b, float beta, Matrix c, int maxThreads = 0) =>
        Multiply(alpha, a, b, beta, c, default(Epilogue<Identity>), maxThreads);

    /// <summary><c>C ← activation(α·A·B + β·C + bias)</c>.</summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="alpha">α; where it is 0, A and B are not read.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="beta">β; where it is 0, C is not read.</param>
    /// <param name="c">[m, n], written; it must not overlap an operand.</param>
    /// <param name="epilogue">Bias and activation.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together, or C overlaps an operand.</exception>
    public static unsafe void Multiply<TActivation>(
        float alpha, ReadOnlyMatrix a, ReadOnlyMatrix b, float beta, Matrix c, Epilogue<TActivation> epilogue, int maxThreads = 0)
        where TActivation : struct, IUnaryOperator
    {
        CheckSizes(a.Rows, a.Columns, b.Rows, b.Columns, c.Rows, c.Columns);
        CheckApart(a, c, nameof(a));
        CheckApart(b, c, nameof(b));
        fixed (float* bData = b.Data)
        {
            Product<TActivation> product = default;
            product.B = new(bData, b.RowStride, b.ColumnStride);
            Multiply(ref product, alpha, a, beta, c, epilogue, maxThreads);
        }
    }

    /// <summary><c>C ← activation(α·A·B + β·C + bias)</c> by a B that was packed before.</summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="alpha">α; where it is 0, A and B are not read.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="beta">β; where it is 0, C is not read.</param>
    /// <param name="c">[m, n], written; it must not overlap <paramref name="a"/>.</param>
    /// <param name="epilogue">Bias and activation.</param>
    /// <param name="maxThreads">The most threads that may take part; 0 for <see cref="WorkerTeam.Size"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together, or C overlaps A or a bias.</exception>
    public static unsafe void Multiply<TActivation>(
        float alpha, ReadOnlyMatrix a, PackedMatrix b, float beta, Matrix c, Epilogue<TActivation> epilogue, int maxThreads = 0)
        where TActivation : struct, IUnaryOperator
    {
        CheckSizes(a.Rows, a.Columns, b.Rows, b.Columns, c.Rows, c.Columns);
        CheckApart(a, c, nameof(a));
        Product<TActivation> product = default;
        product.PackedB = b.Panels.Pointer;
        product.PackedColumns = b.PackedColumns;
        Multiply(ref product, alpha, a, beta, c, epilogue, maxThreads);
        GC.KeepAlive(b);
    }

    /// <summary>Completes a product that has its B, and runs it.</summary>
    private static unsafe void Multiply<TActivation>(
        ref Product<TActivation> product, float alpha, ReadOnlyMatrix a, float beta, Matrix c, Epilogue<TActivation> epilogue, int maxThreads)
        where TActivation : struct, IUnaryOperator
    {
        CheckBias(epilogue.RowBias, c.Rows, c, nameof(epilogue.RowBias));
        CheckBias(epilogue.ColumnBias, c.Columns, c, nameof(epilogue.ColumnBias));
        Guard.NotNegative(maxThreads, nameof(maxThreads));
        fixed (float* aData = a.Data, cData = c.Data, rowBias = epilogue.RowBias, columnBias = epilogue.ColumnBias)
        {
            product.RowEnd = c.Rows;
            product.ColumnEnd = c.Columns;
            product.K = alpha == 0 ? 0 : a.Columns;
            product.A = new(aData, a.RowStride, a.ColumnStride);
            product.C = new(cData, c.RowStride, c.ColumnStride);
            product.Epilogue.Alpha = alpha;
            product.Epilogue.Beta = beta;
            product.Epilogue.RowBias = rowBias;
            product.Epilogue.ColumnBias = columnBias;
            product.Epilogue.Activation = epilogue.Activation;
            Run(ref product, maxThreads);
        }
    }

    /// <summary>
    /// <c>C ← activation(A·B + bias)</c> by this thread, with the operands as they lie: for who has cut the work already. Nothing is checked.
    /// </summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="rowBias">[m].</param>
    /// <param name="c">[m, n], written.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="activation">Applied to every element of C, last.</param>
    internal static unsafe void MultiplyAlone<TActivation>(
        Strided a, Strided b, float* rowBias, Strided c, int m, int n, int k, TActivation activation)
        where TActivation : struct, IUnaryOperator
    {
        Product<TActivation> product = default;
        (product.A, product.B, product.C) = (a, b, c);
        (product.RowEnd, product.ColumnEnd, product.K) = (m, n, k);
        product.Epilogue.Alpha = 1;
        product.Epilogue.RowBias = rowBias;
        product.Epilogue.Activation = activation;
        SimdWidth.Invoke(ref product);
    }

    /// <summary>Shares the product among threads: whole rows or whole columns of tiles each, never a part of a sum.</summary>
    private static void Run<TActivation>(ref Product<TActivation> product, int maxThreads)
        where TActivation : struct, IUnaryOperator
    {
        if (Blocking.Transpose(in product))
        {
            product.Transpose();
        }

        int threads = Blocking.Threads(in product, maxThreads);
        if (threads == 1)
        {
            SimdWidth.Invoke(ref product);
            return;
        }

        (bool byColumns, int unit, int units) = Blocking.Split(in product, threads);
        WorkerTeam.For(units, Math.Max(1, units / threads), new Part<TActivation>(product, byColumns, unit), threads);
    }

    /// <summary>A thread's part of a product: some units of rows or of columns.</summary>
    private readonly struct Part<TActivation>(Product<TActivation> product, bool byColumns, int unit) : IRangeBody
        where TActivation : struct, IUnaryOperator
    {
        public void Invoke(int start, int end)
        {
            Product<TActivation> part = product;
            if (byColumns)
            {
                part.ColumnStart = start * unit;
                part.ColumnEnd = Math.Min(end * unit, part.ColumnEnd);
            }
            else
            {
                part.RowStart = start * unit;
                part.RowEnd = Math.Min(end * unit, part.RowEnd);
            }

            SimdWidth.Invoke(ref part);
        }
    }
}
