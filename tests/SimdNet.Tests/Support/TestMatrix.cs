using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>A matrix in memory of its own or of others, whose gaps hold a NaN that nobody else makes.</summary>
internal readonly unsafe struct TestMatrix
{
    private const uint Sentinel = 0x7FC0_BEEF;

    private readonly Memory<float> _array;
    private readonly float* _pointer; // of guarded memory, or null

    public TestMatrix(int rows, int columns, Layout layout)
    {
        (Rows, Columns, Layout) = (rows, columns, layout);
        _array = new float[layout.Extent(rows, columns)];
        Clear();
    }

    /// <summary>The matrix lies against the page without access.</summary>
    public TestMatrix(int rows, int columns, Layout layout, GuardedBuffer buffer, bool atEnd)
    {
        (Rows, Columns, Layout) = (rows, columns, layout);
        _pointer = buffer.Pointer + (atEnd ? buffer.Length - layout.Extent(rows, columns) : 0);
        Clear();
    }

    public int Rows { get; }

    public int Columns { get; }

    public Layout Layout { get; }

    public Span<float> Data => _pointer == null ? _array.Span : new(_pointer, Layout.Extent(Rows, Columns));

    public Matrix View
    {
        get
        {
            (int row, int column) = Layout.Strides(Rows, Columns);
            return new(Data, Rows, Columns, row, column);
        }
    }

    /// <summary>A number of [-2, 2) on each place, of 24 bits, decided by seed, row and column alone: not by sizes or layout.</summary>
    public static float Value(int seed, int row, int column)
    {
        ulong bits = ((ulong)(uint)seed << 40) ^ ((ulong)(uint)row << 20) ^ (uint)column;
        for (int round = 0; round < 3; round++)
        {
            bits = (bits ^ (bits >> 29)) * 0x9E37_79B9_7F4A_7C15;
        }

        return ((bits >> 40) * (1f / (1 << 22))) - 2;
    }

    public TestMatrix Fill(int seed) => Fill((i, j) => Value(seed, i, j));

    public TestMatrix Fill(Func<int, int, float> value)
    {
        Matrix view = View;
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                view[i, j] = value(i, j);
            }
        }

        return this;
    }

    /// <summary>The first values, as many as fit, in another place or another layout.</summary>
    public TestMatrix CopyTo(TestMatrix other)
    {
        ReadOnlyMatrix from = View;
        Matrix to = other.View;
        for (int i = 0; i < to.Rows; i++)
        {
            for (int j = 0; j < to.Columns; j++)
            {
                to[i, j] = from[i, j];
            }
        }

        return other;
    }

    public TestMatrix As(Layout layout) => CopyTo(new(Rows, Columns, layout));

    public TestMatrix Magnitudes()
    {
        TestMatrix source = this;
        return new TestMatrix(Rows, Columns, Layout).Fill((i, j) => Math.Abs(source.View[i, j]));
    }

    public float[] ToArray() => As(Layout.RowMajor).Data.ToArray();

    /// <summary>These bits in every element, and untouched gaps.</summary>
    /// <param name="expected">Row-major, rows of <paramref name="stride"/> values, of which the first are compared.</param>
    /// <param name="stride">Values from a row of <paramref name="expected"/> to the next.</param>
    /// <param name="what">Names the case.</param>
    public void AssertBits(ReadOnlySpan<float> expected, int stride, object what)
    {
        Span<float> image = new float[Data.Length];
        image.Fill(BitConverter.UInt32BitsToSingle(Sentinel));
        (int rowStride, int columnStride) = Layout.Strides(Rows, Columns);
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                image[(i * rowStride) + (j * columnStride)] = expected[(i * stride) + j];
            }
        }

        Span<uint> bits = System.Runtime.InteropServices.MemoryMarshal.Cast<float, uint>(Data);
        int wrong = bits.CommonPrefixLength(System.Runtime.InteropServices.MemoryMarshal.Cast<float, uint>(image));
        if (wrong < bits.Length)
        {
            Assert.Fail($"{what}: value {wrong} of {Layout} [{Rows}, {Columns}] is {Data[wrong]:R}, expected {image[wrong]:R}");
        }
    }

    private void Clear() => Data.Fill(BitConverter.UInt32BitsToSingle(Sentinel));
}
