using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>A, B, C and the biases each lie against a page that nobody may touch, once before their end and once after their start.</summary>
public sealed partial class GemmTests
{
    private const int Most = 70;

    private static readonly int[] s_guardedK =
        [0, 1, 2, 17, 383, 384, 385, 769, Gemm.Blocking.Kc - 1, Gemm.Blocking.Kc, Gemm.Blocking.Kc + 1];

    /// <summary>The operands' layouts: NN, NT, TN, TT, windows, and what must be packed on both sides.</summary>
    private static readonly (Layout A, Layout B, Layout C)[] s_guardedLayouts =
    [
        (Layout.RowMajor, Layout.RowMajor, Layout.RowMajor),
        (Layout.RowMajor, Layout.ColumnMajor, Layout.PaddedRows),
        (Layout.ColumnMajor, Layout.RowMajor, Layout.ColumnMajor),
        (Layout.ColumnMajor, Layout.ColumnMajor, Layout.Spread),
        (Layout.PaddedRows, Layout.PaddedRows, Layout.PaddedColumns),
        (Layout.Spread, Layout.SpreadColumns, Layout.RowMajor),
    ];

    /// <summary>A sample of the next test: every size of m and of n, every k, every layout, every epilogue.</summary>
    [Fact]
    public void Touches_nothing_outside_its_operands()
    {
        Random random = new(1);
        foreach ((int index, int k) in s_guardedK.Index())
        {
            using GuardedSweep sweep = new(k);
            int most = k > 100 ? 8 : Most; // keeps the work small where multiply-adds are emulated
            for (int i = index % 2; i <= Most; i += 2)
            {
                sweep.Check(i, random.Next(most + 1), random.Next(s_guardedLayouts.Length));
                sweep.Check(random.Next(most + 1), Most - i, random.Next(s_guardedLayouts.Length));
            }
        }
    }

    /// <summary>
    /// Every shape in every layout at every width: 80 s of processor time, so it runs only when asked for:
    /// <c>dotnet test -c Release -- --explicit only --filter-method "*every_shape*"</c>.
    /// </summary>
    [Fact(Explicit = true)]
    public void Touches_nothing_outside_its_operands_in_every_shape()
    {
        foreach (int k in s_guardedK)
        {
            using GuardedSweep sweep = new(k);
            for (int m = 0; m <= Most; m++)
            {
                for (int n = 0; n <= Most; n++)
                {
                    for (int layouts = 0; layouts < s_guardedLayouts.Length; layouts++)
                    {
                        sweep.Check(m, n, layouts);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Products of one k. An element's bits do not depend on m and n, so each product is a window of the largest one, which is known from the
    /// scalar twin.
    /// </summary>
    private sealed class GuardedSweep : IDisposable
    {
        private readonly int _k;
        private readonly GemmCase[] _cases;
        private readonly float[][] _expected;
        private readonly TestMatrix[] _sources;
        private readonly GuardedBuffer[] _buffers;

        public GuardedSweep(int k)
        {
            _k = k;
            GemmCase plain = GemmCase.Plain(Most, Most, k), rows = plain with { Alpha = 0.3f, Beta = -2.5f, RowBias = true, Leaky = true };
            GemmCase columns = rows with { RowBias = false, ColumnBias = true };
            _cases = [plain, rows, columns];
            _expected = [.. _cases.Select(@case => new GemmProblem(@case).InOrder())];
            GemmProblem full = new(rows with { ColumnBias = true });
            _sources =
            [
                full.A, full.B, full.Before, new TestMatrix(Most, 1, Layout.RowMajor).Fill((i, _) => full.RowBias[i]),
                new TestMatrix(1, Most, Layout.RowMajor).Fill((_, j) => full.ColumnBias[j]),
            ];
            _buffers = [.. _sources.SelectMany(source => ((bool[])[true, false]).Select(atEnd => new GuardedBuffer(Room(source), atEnd)))];
        }

        public void Check(int m, int n, int layouts)
        {
            (Layout a, Layout b, Layout c) = s_guardedLayouts[layouts];
            int full = 1 + ((m + n) % 2);
            foreach (bool atEnd in (bool[])[true, false])
            {
                GuardedKernel kernel = new()
                {
                    A = Copy(0, m, _k, a, atEnd),
                    B = Copy(1, _k, n, b, atEnd),
                    C = Place(2, m, n, c, atEnd),
                    Before = _sources[2],
                    RowBias = Copy(3, m, 1, Layout.RowMajor, atEnd),
                    ColumnBias = Copy(4, 1, n, Layout.RowMajor, atEnd),
                };
                foreach (int i in (int[])[0, full])
                {
                    kernel.Case = _cases[i] with { M = m, N = n, A = a, B = b, C = c };
                    kernel.Expected = _expected[i];
                    Widths.Each(ref kernel);
                }
            }
        }

        public void Dispose() => Array.ForEach(_buffers, buffer => buffer.Dispose());

        private static int Room(TestMatrix source) => Layouts.All.Max(layout => layout.Extent(source.Rows, source.Columns));

        private TestMatrix Place(int operand, int rows, int columns, Layout layout, bool atEnd) =>
            new(rows, columns, layout, _buffers[(2 * operand) + (atEnd ? 0 : 1)], atEnd);

        private TestMatrix Copy(int operand, int rows, int columns, Layout layout, bool atEnd) =>
            _sources[operand].CopyTo(Place(operand, rows, columns, layout, atEnd));
    }

    private struct GuardedKernel : ISimdKernel
    {
        public GemmCase Case;
        public TestMatrix A, B, C, Before, RowBias, ColumnBias;
        public float[] Expected;

        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            Before.CopyTo(C);
            GemmProblem.MultiplyAt<TSimd>(
                Case, A.View, B.View, C.View, Case.RowBias ? RowBias.Data : [], Case.AddsColumnBias ? ColumnBias.Data : []);
            C.AssertBits(Expected, Most, (typeof(TSimd).Name, Case));
        }
    }
}
