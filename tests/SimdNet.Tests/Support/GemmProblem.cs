using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Reference;

namespace SimdNet.Tests.Support;

/// <summary>
/// The operands of a <see cref="GemmCase"/> and the ways to multiply them. What must not be read is NaN: all of C where β is 0, all of A and
/// B where α is 0, and every gap.
/// </summary>
internal sealed class GemmProblem
{
    /// <summary>A power of 2, so that the activation rounds nothing.</summary>
    public const float Slope = 0.25f;

    private readonly GemmCase _case;

    public GemmProblem(GemmCase @case)
    {
        _case = @case;
        A = Filled(@case.M, @case.K, @case.A, 0, @case.Alpha != 0);
        B = Filled(@case.K, @case.N, @case.B, 1, @case.Alpha != 0);
        Before = Filled(@case.M, @case.N, @case.C, 2, @case.Beta != 0);
        RowBias = @case.RowBias ? Filled(@case.M, 1, Layout.ColumnMajor, 3, true).ToArray() : [];
        ColumnBias = @case.AddsColumnBias ? Filled(1, @case.N, Layout.RowMajor, 4, true).ToArray() : [];
    }

    public TestMatrix A { get; }

    public TestMatrix B { get; }

    /// <summary>C, before a product.</summary>
    public TestMatrix Before { get; }

    public float[] RowBias { get; }

    public float[] ColumnBias { get; }

    public double[] Reference() => ReferenceGemm.Multiply(
        _case.Alpha, A.View, B.View, _case.Beta, Before.View, RowBias, ColumnBias, value => _case.Leaky ? Math.Max(value, Slope * value) : value);

    /// <summary>The sums of the magnitudes of the terms.</summary>
    public double[] Magnitudes() => ReferenceGemm.Multiply(
        Math.Abs(_case.Alpha), A.Magnitudes().View, B.Magnitudes().View, Math.Abs(_case.Beta), Before.Magnitudes().View,
        [.. RowBias.Select(Math.Abs)], [.. ColumnBias.Select(Math.Abs)], value => value);

    public float[] InOrder() => ReferenceGemm.MultiplyInOrder(
        _case.Alpha, A.View, B.View, _case.Beta, Before.View, RowBias, ColumnBias, value => _case.Leaky ? MathF.Max(value, Slope * value) : value);

    /// <summary>By the public door.</summary>
    public TestMatrix Multiply(int maxThreads = 0)
    {
        TestMatrix c = Before.As(_case.C);
        if (_case.Leaky)
        {
            Gemm.Multiply(_case.Alpha, A.View, B.View, _case.Beta, c.View, Epilogue(new Leaky(Slope)), maxThreads);
        }
        else
        {
            Gemm.Multiply(_case.Alpha, A.View, B.View, _case.Beta, c.View, Epilogue(default(Identity)), maxThreads);
        }

        return c;
    }

    /// <summary>By the public door, B packed before.</summary>
    public TestMatrix MultiplyPacked(int maxThreads = 0)
    {
        TestMatrix c = Before.As(_case.C);
        PackedMatrix packed = new(B.View);
        if (_case.Leaky)
        {
            Gemm.Multiply(_case.Alpha, A.View, packed, _case.Beta, c.View, Epilogue(new Leaky(Slope)), maxThreads);
        }
        else
        {
            Gemm.Multiply(_case.Alpha, A.View, packed, _case.Beta, c.View, Epilogue(default(Identity)), maxThreads);
        }

        return c;
    }

    /// <summary>At one vector width, behind the door.</summary>
    public TestMatrix MultiplyAt<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        TestMatrix c = Before.As(_case.C);
        MultiplyAt<TSimd>(_case, A.View, B.View, c.View, RowBias, ColumnBias);
        return c;
    }

    public static unsafe void MultiplyAt<TSimd>(
        GemmCase @case, ReadOnlyMatrix a, ReadOnlyMatrix b, Matrix c, ReadOnlySpan<float> rowBias, ReadOnlySpan<float> columnBias)
        where TSimd : struct, ISimd<TSimd>
    {
        if (@case.Leaky)
        {
            MultiplyAt<Leaky, TSimd>(new(Slope), @case, a, b, c, rowBias, columnBias);
        }
        else
        {
            MultiplyAt<Identity, TSimd>(default, @case, a, b, c, rowBias, columnBias);
        }
    }

    /// <summary>What <see cref="Gemm"/> does behind its door, at a width of the caller's choice.</summary>
    private static unsafe void MultiplyAt<TActivation, TSimd>(
        TActivation activation,
        GemmCase @case,
        ReadOnlyMatrix a,
        ReadOnlyMatrix b,
        Matrix c,
        ReadOnlySpan<float> rowBias,
        ReadOnlySpan<float> columnBias)
        where TActivation : struct, IUnaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        fixed (float* aData = a.Data, bData = b.Data, cData = c.Data, row = rowBias, column = columnBias)
        {
            Gemm.Product<TActivation> product = default;
            product.RowEnd = c.Rows;
            product.ColumnEnd = c.Columns;
            product.K = @case.Alpha == 0 ? 0 : a.Columns;
            product.A = new(aData, a.RowStride, a.ColumnStride);
            product.B = new(bData, b.RowStride, b.ColumnStride);
            product.C = new(cData, c.RowStride, c.ColumnStride);
            product.Epilogue.Alpha = @case.Alpha;
            product.Epilogue.Beta = @case.Beta;
            product.Epilogue.RowBias = row;
            product.Epilogue.ColumnBias = column;
            product.Epilogue.Activation = activation;
            if (c.ColumnStride != 1 && c.RowStride == 1)
            {
                product.Transpose();
            }

            product.Invoke<TSimd>();
        }
    }

    private Epilogue<TActivation> Epilogue<TActivation>(TActivation activation)
        where TActivation : struct, IUnaryOperator => new(activation) { RowBias = RowBias, ColumnBias = ColumnBias };

    private TestMatrix Filled(int rows, int columns, Layout layout, int operand, bool isRead)
    {
        TestMatrix matrix = new(rows, columns, layout);
        return isRead ? matrix.Fill((_case.Seed * 5) + operand) : matrix.Fill((_, _) => float.NaN);
    }
}
