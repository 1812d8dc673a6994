using SimdNet.Kernels;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>What belongs to the whole process: the size of the team, and the memory of every thread.</summary>
[Collection(nameof(Alone))]
public sealed class ConvolutionThreadsTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    /// <summary>Shared by panels, by rows, by groups, by planes, by parts of a sum.</summary>
    public static TheoryData<ConvolutionCase> Shared => new()
    {
        ConvolutionCase.Square(2, 16, 20, 24, kernel: 3, padding: 1),
        ConvolutionCase.Square(1, 40, 7, 100, kernel: 3, padding: 1),
        ConvolutionCase.Square(3, 8, 15, 16, kernel: 3, stride: 2),
        ConvolutionCase.Square(2, 4, 20, 8, kernel: 3) with { Groups = 5 },
        ConvolutionCase.Square(3, 1, 30, 1, kernel: 3, padding: 1) with { Groups = 40 },
        ConvolutionCase.Square(3, 1, 31, 1, kernel: 5, stride: 2, padding: 2) with { Groups = 40 },
        ConvolutionCase.Square(3, 1, 31, 3, kernel: 3, stride: 2, padding: 1) with { Groups = 20 },
        ConvolutionCase.Square(1, 40, 27, 5, kernel: 3, stride: 2, padding: 1),
        ConvolutionCase.Square(4, 1, 40, 3, kernel: 3), // two parts, the last block of k not whole
        ConvolutionCase.Square(1, 1, 131, 2, kernel: 2), // eight
        ConvolutionCase.Square(5, 2, 33, 1, kernel: 3, padding: 1) with { Groups = 2 },
    };

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [MemberData(nameof(Shared))]
    public void No_number_of_threads_changes_a_bit(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case);
        foreach (int size in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = size;
            ConvolutionTests.AssertBits(problem, maxThreads: 0);
        }
    }

    [Theory]
    [MemberData(nameof(WinogradTests.Blocks), MemberType = typeof(WinogradTests))]
    [MemberData(nameof(WinogradStrideTwoTests.Blocks), MemberType = typeof(WinogradStrideTwoTests))]
    public void No_number_of_threads_changes_a_bit_of_what_is_done_in_tiles(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        List<int[][]> bits = [];
        foreach (int size in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = size;
            ConvolutionProblem problem = new(@case);
            Run([problem]);
            bits.Add([Widths.Bits(problem.DOutput), Widths.Bits(problem.X), Widths.Bits(problem.W)]);
        }

        Assert.All(bits, some => Assert.Equal(bits[0], some));
    }

    [Theory]
    [MemberData(nameof(WinogradTests.Blocks), MemberType = typeof(WinogradTests))]
    public void No_number_of_threads_changes_which_outputs_are_the_largest(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        foreach (int size in (int[])[1, 2, 3])
        {
            WorkerTeam.Size = size;
            WinogradTests.AssertPooled(new ConvolutionProblem(@case));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_allocated_once_every_thread_has_its_scratch(int size)
    {
        WorkerTeam.Size = size;
        ConvolutionProblem[] problems = Problems(batch: 2, height: 30, width: 40);
        Scratch(problems);

        // The test runner's own threads may allocate meanwhile; what allocates would do so in every attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(problems);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }

    /// <summary>A thread that has done the smallest of its kind has all it will ever need for it: that of a product, a block of columns, the weights.</summary>
    [Fact]
    public void Scratch_grows_neither_with_the_batch_nor_with_the_image()
    {
        WorkerTeam.Size = 1;
        ConvolutionProblem[] small = Problems(batch: 1, height: 5, width: 5), large = Problems(batch: 5, height: 70, width: 300);
        Run([.. small, .. large]); // the JIT
        long first = 0, later = 0;
        Thread thread = new(() =>
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            Run(small);
            first = GC.GetAllocatedBytesForCurrentThread() - start;
            Run(large);
            later = GC.GetAllocatedBytesForCurrentThread() - start - first;
        });
        thread.Start();
        thread.Join();
        int columns = 1 << 16, slack = 1 << 12; // buffers start somewhere in a page
        int weights = 2 * small.Max(problem => Math.Max(problem.W.Length, Winograd.WeightGradient.RoomLength(problem.Shape.OutChannels, problem.Shape.Weight[1])));
        Assert.InRange(first, sizeof(float) * Gemm.Blocking.ScratchLength, sizeof(float) * (Gemm.Blocking.ScratchLength + columns + weights + slack));
        Assert.Equal(0, later);
    }

    /// <summary>Every way that a convolution may go, in each direction.</summary>
    private static ConvolutionProblem[] Problems(int batch, int height, int width)
    {
        ConvolutionCase plain = ConvolutionCase.Square(batch, 2, 5, 3, kernel: 3, padding: 1) with { Height = height, Width = width };
        ConvolutionCase strided = plain with { Vertical = new(3, 2, 1, 1), Horizontal = new(3, 2, 1, 1) };
        ConvolutionCase tiles = plain with { Batch = batch + 32, Algorithm = ConvolutionAlgorithm.Winograd }; // so many that weights are laid out before
        ConvolutionCase[] cases = [plain, tiles, strided, strided with { Channels = 40 }, strided with { Algorithm = ConvolutionAlgorithm.Winograd }, plain with { Groups = 4, Channels = 1, OutChannels = 1 }];
        return [.. cases.Select(@case => new ConvolutionProblem(@case))];
    }

    private static void Run(ConvolutionProblem[] problems)
    {
        foreach (ConvolutionProblem problem in problems)
        {
            Convolution.Forward(problem.X, problem.W, problem.Bias, problem.DOutput, problem.Shape, default(ReLUOperator));
            Convolution.BackwardInput(problem.DOutput, problem.W, problem.X, problem.Shape);
            Convolution.BackwardWeight(problem.X, problem.DOutput, problem.W, problem.Shape);
            Convolution.BackwardBias(problem.DOutput, problem.Bias, problem.Shape);
        }
    }

    /// <summary>Every thread of the team makes its scratch.</summary>
    private static void Scratch(ConvolutionProblem[] problems)
    {
        using Barrier barrier = new(WorkerTeam.Size);
        WorkerTeam.For(WorkerTeam.Size, 1, new Meeting(barrier, problems));
        Run(problems);
    }

    private readonly struct Meeting(Barrier barrier, ConvolutionProblem[] problems) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            barrier.SignalAndWait(TimeSpan.FromSeconds(20));
            lock (problems)
            {
                Run(problems);
            }
        }
    }
}
