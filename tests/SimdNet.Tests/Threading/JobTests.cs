using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Threading;

public unsafe class JobTests
{
    [Property(MaxTest = 1000)]
    public Property PiecesCoverTheRangeInOrder(PositiveInt count, PositiveInt grain, PositiveInt threads)
    {
        int items = count.Get * 7;
        int together = Math.Min(grain.Get, items);
        Job job = Cut(items, together, Math.Min(threads.Get, items / together));
        int covered = 0;
        bool aligned = true;
        for (int piece = 0; piece < job.Pieces; piece++)
        {
            aligned &= job.Start(piece) == covered && covered % together == 0 && job.End(piece) - covered >= together;
            covered = job.End(piece);
        }

        return (aligned && covered == items).Label($"{job.Pieces} pieces cover {covered} of {items}");
    }

    [Property]
    public Property EveryThreadIsDealtAPiece(PositiveInt count, PositiveInt threads)
    {
        Job job = Cut(count.Get, grain: 1, Math.Min(threads.Get, count.Get));
        bool dealt = job.FirstPiece(0) == 0 && job.FirstPiece(job.Threads) == job.Pieces;
        for (int thread = 0; thread < job.Threads; thread++)
        {
            dealt &= job.FirstPiece(thread) < job.FirstPiece(thread + 1);
        }

        return dealt.ToProperty();
    }

    [Theory]
    [InlineData(int.MaxValue, 1, WorkerTeam.MaxSize)]
    [InlineData(int.MaxValue, 64, 3)]
    [InlineData(int.MaxValue, int.MaxValue / 2, 2)]
    public void LargestRangesDoNotOverflow(int count, int grain, int threads)
    {
        Job job = Cut(count, grain, threads);
        Assert.Equal(count, job.End(job.Pieces - 1));
        for (int piece = 1; piece < job.Pieces; piece++)
        {
            Assert.True(job.Start(piece) - job.Start(piece - 1) >= grain);
            Assert.Equal(0, job.Start(piece) % grain);
        }
    }

    private static Job Cut(int count, int grain, int threads) => new(count, grain, threads, null, null);
}
