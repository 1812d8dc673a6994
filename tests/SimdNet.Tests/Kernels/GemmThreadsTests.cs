using System.Collections.Concurrent;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>What belongs to the whole process: the size of the team, and the memory of every thread.</summary>
[Collection(nameof(Alone))]
public sealed class GemmThreadsTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    /// <summary>Worth three threads and more: shared by columns, by rows, by units that do not come out even, and a long k.</summary>
    public static TheoryData<int, int, int> SharedSizes { get; } = new()
    {
        { 97, 130, 65 }, { 130, 97, 65 }, { 12, 257, 257 }, { 257, 12, 257 }, { 33, 65, Gemm.Blocking.Kc + 3 }, { 5, 641, 250 },
    };

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [MemberData(nameof(SharedSizes))]
    public void No_number_of_threads_changes_a_bit(int m, int n, int k)
    {
        GemmCase plain = GemmCase.Plain(m, n, k);
        GemmCase full = plain with { Alpha = 0.3f, Beta = -2.5f, RowBias = true, ColumnBias = true, Leaky = true, A = Layout.Spread, B = Layout.ColumnMajor };
        foreach (GemmCase @case in (GemmCase[])[plain, full, full with { C = Layout.ColumnMajor }])
        {
            GemmProblem problem = new(@case);
            float[] expected = problem.InOrder();
            foreach (int size in (int[])[1, 2, 3])
            {
                WorkerTeam.Size = size;
                problem.Multiply().AssertBits(expected, n, (size, @case));
                problem.MultiplyPacked().AssertBits(expected, n, (size, @case));
            }
        }
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(3, 0, 3)]
    [InlineData(3, 2, 2)]
    [InlineData(2, 1, 1)]
    public void As_many_threads_take_part_as_allowed(int size, int maxThreads, int expected)
    {
        WorkerTeam.Size = size;
        foreach ((int m, int n, int k) in ((int, int, int)[])[(97, 257, 65), (257, 97, 65)])
        {
            Meet.Expect(expected);
            TestMatrix a = new TestMatrix(m, k, Layout.RowMajor).Fill(1), b = new TestMatrix(k, n, Layout.RowMajor).Fill(2);
            TestMatrix c = new(m, n, Layout.RowMajor);
            Gemm.Multiply(1, a.View, b.View, 0, c.View, default(Epilogue<Meet>), maxThreads);
            Assert.Equal(expected, Meet.Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_allocated(int size)
    {
        WorkerTeam.Size = size;
        TestMatrix a = new TestMatrix(97, 65, Layout.Spread).Fill(1), b = new TestMatrix(65, 257, Layout.ColumnMajor).Fill(2);
        TestMatrix c = new TestMatrix(97, 257, Layout.RowMajor).Fill(3);
        float[] bias = new float[257];
        PackedMatrix packed = new(b.View);
        Meet.Expect(size);
        Gemm.Multiply(1, a.View, b.View, 0, c.View, default(Epilogue<Meet>)); // each thread has made its scratch
        Assert.Equal(size, Meet.Count);
        Run();

        // The test runner's own threads may allocate meanwhile; a product that allocates would do so in every attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            int collections = GC.CollectionCount(0);
            long mine = GC.GetAllocatedBytesForCurrentThread(), before = GC.GetTotalAllocatedBytes(precise: true);
            Run();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            mine = GC.GetAllocatedBytesForCurrentThread() - mine;

            // A collection, another thread's too, counts what was left of this thread's allocation room (up to 8 KiB) as allocated.
            Assert.True(mine == 0 || GC.CollectionCount(0) != collections, $"The caller allocated {mine} bytes in attempt {attempt}.");
        }

        Assert.Equal(0, least);

        void Run()
        {
            Gemm.Multiply(1, a.View, b.View, 0, c.View);
            Gemm.Multiply(0.5f, a.View, b.View, 0.5f, c.View, new Epilogue<Leaky>(new(0.25f)) { ColumnBias = bias });
            Gemm.Multiply(1, b.View.Transposed, a.View.Transposed, 0, c.View.Transposed);
            packed.Pack(b.View);
            Gemm.Multiply(1, a.View, packed, 0, c.View, default(Epilogue<Identity>));
            Gemm.Multiply(1, new ReadOnlyMatrix(bias, 1, 257), b.View.Transposed, 0, new Matrix(c.Data[..65], 1, 65));
        }
    }

    /// <summary><c>x</c>, once as many threads as expected are here.</summary>
    private readonly struct Meet : IUnaryOperator
    {
        private static readonly ConcurrentDictionary<int, bool> s_seen = new();

        private static int s_expected;

        public static int Count => s_seen.Count;

        public static void Expect(int threads)
        {
            s_seen.Clear();
            s_expected = threads;
        }

        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd>
        {
            if (s_seen.TryAdd(Environment.CurrentManagedThreadId, true))
            {
                SpinWait.SpinUntil(() => s_seen.Count >= s_expected, TimeSpan.FromSeconds(20));
            }

            return x;
        }
    }
}
