using System.Text.RegularExpressions;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;

namespace SimdNet.Peers.Suites;

/// <summary>Matrix products beside OpenBLAS. A case is named <c>NT 64x512x784</c>: T for a transposed operand, then m, n and k.</summary>
internal sealed partial class GemmSuite : Suite
{
    private const int MaxSize = 1 << 20, MaxValues = 1 << 28; // of a dimension, of a matrix

    private static readonly int[] s_cubes = [64, 96, 128, 256, 512, 1024, 2048];

    public override string Name => "gemm";

    public override string Unit => "GFLOP/s";

    public override IReadOnlyList<string> DefaultCases { get; } =
    [
        .. from operands in (string[])["NN", "NT", "TN"] from size in s_cubes select $"{operands} {size}x{size}x{size}",
        "NN 64x512x784", "NN 128x10x512", "NN 1x512x512", "NN 1x4096x4096", "NN 32x6272x27", "NN 64x3136x288", "NN 256x256x2048",
        "NN 2048x64x64", "NN 7x7x7", "NN 100x37x513",
    ];

    protected override string Limit => Limits.FmaName;

    public override string? Refuse(string caseName)
    {
        if (!CaseName().IsMatch(caseName))
        {
            return $"'{caseName}' is no product: expected NN, NT, TN or TT, then m, n and k, as in \"NT 300x200x100\".";
        }

        (_, _, long m, long n, long k) = Parse(caseName);
        if (Math.Min(m, Math.Min(n, k)) < 1 || Math.Max(m, Math.Max(n, k)) > MaxSize)
        {
            return $"'{caseName}' has a size out of range: expected 1 to {MaxSize}.";
        }

        long largest = Math.Max(m * n, Math.Max(m * k, k * n));
        return largest > MaxValues ? $"'{caseName}' has a matrix of {largest} values: expected at most {MaxValues}." : null;
    }

    public override unsafe Case Create(string caseName, int threads)
    {
        (bool transposeA, bool transposeB, int m, int n, int k) = Parse(caseName);
        AlignedBuffer a = RandomData.Floats(m * k, seed: 1), b = RandomData.Floats(k * n, seed: 2), ours = new(m * n), theirs = new(m * n);
        double flops = 2.0 * m * n * k;
        Contestant simdNet = new("SimdNet", (transposeA, transposeB) == (false, false)
            ? () => Gemm.Multiply(a.Span, b.Span, ours.Span, m, n, k)
            : () => Gemm.Multiply(1, View(a, m, k, transposeA), View(b, k, n, transposeB), 0, new Matrix(ours.Span, m, n)));
        Contestant openBlas = new("OpenBLAS", () =>
        {
            fixed (float* aData = a.Span, bData = b.Span, cData = theirs.Span)
            {
                OpenBlas.Multiply(transposeA, transposeB, m, n, k, aData, bData, cData);
            }
        });
        return new(
            caseName, flops, simdNet, [openBlas],
            () =>
            {
                ours.Span.Fill(float.NaN); // what is not written is not right
                theirs.Span.Fill(float.NaN);
                simdNet.Run();
                openBlas.Run();
                Compare(View(a, m, k, transposeA), View(b, k, n, transposeB), new(ours.Span, m, n), new(theirs.Span, m, n));
            },
            () => Limits.Fma(flops, threads));
    }

    protected override IEnumerable<string> LoadPeers(int threads) => [OpenBlas.Load(threads)];

    /// <summary>
    /// In any order of summation, <c>|C - A·B| ≤ γ(k)·|A|·|B|</c>, and <c>(|A|·|B|)[i, j] ≤ ‖A[i, :]‖·‖B[:, j]‖</c>: two right answers
    /// differ by at most twice that.
    /// </summary>
    private static void Compare(ReadOnlyMatrix a, ReadOnlyMatrix b, ReadOnlyMatrix ours, ReadOnlyMatrix theirs)
    {
        double gamma = Agreement.Gamma(a.Columns);
        double[] rows = RowNorms(a), columns = RowNorms(b.Transposed);
        for (int i = 0; i < ours.Rows; i++)
        {
            for (int j = 0; j < ours.Columns; j++)
            {
                double difference = Math.Abs((double)ours[i, j] - theirs[i, j]), bound = 2 * gamma * rows[i] * columns[j];
                if (!(difference <= bound))
                {
                    throw new PeersException(
                        $"C[{i}, {j}] is {ours[i, j]} for SimdNet and {theirs[i, j]} for OpenBLAS: expected at most {bound:G3} between them.");
                }
            }
        }
    }

    private static double[] RowNorms(ReadOnlyMatrix matrix)
    {
        double[] norms = new double[matrix.Rows];
        for (int i = 0; i < matrix.Rows; i++)
        {
            double squares = 0;
            for (int j = 0; j < matrix.Columns; j++)
            {
                squares += (double)matrix[i, j] * matrix[i, j];
            }

            norms[i] = Math.Sqrt(squares);
        }

        return norms;
    }

    /// <summary>op(A) as [rows, columns]; transposed, it lies in memory as [columns, rows].</summary>
    private static ReadOnlyMatrix View(AlignedBuffer buffer, int rows, int columns, bool transposed) =>
        transposed ? new ReadOnlyMatrix(buffer.Span, columns, rows).Transposed : new(buffer.Span, rows, columns);

    private static (bool TransposeA, bool TransposeB, int M, int N, int K) Parse(string caseName)
    {
        GroupCollection groups = CaseName().Match(caseName).Groups;
        return (groups["a"].Value == "T", groups["b"].Value == "T", Size("m"), Size("n"), Size("k"));

        int Size(string name) => int.TryParse(groups[name].Value, out int size) ? size : int.MaxValue;
    }

    [GeneratedRegex(@"^(?<a>[NT])(?<b>[NT]) (?<m>\d+)x(?<n>\d+)x(?<k>\d+)$", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex CaseName();
}
