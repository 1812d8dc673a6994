using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Threading;

public class SeatTests
{
    [Fact]
    public void GivesEachPieceOnceInOrder()
    {
        var seat = new Seat(() => false);
        Assert.False(seat.TryClaim(out _));
        seat.Deal(3, 6);
        for (int expected = 3; expected < 6; expected++)
        {
            Assert.True(seat.TryClaim(out int piece));
            Assert.Equal(expected, piece);
        }

        Assert.False(seat.TryClaim(out _));
    }

    [Fact]
    public void GivesEachPieceToOneThread()
    {
        const int Pieces = 20_000;
        int[] claims = new int[Pieces];
        var seat = new Seat(() => false);
        seat.Deal(0, Pieces);
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (seat.TryClaim(out int piece))
            {
                Interlocked.Increment(ref claims[piece]);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(claims, times => Assert.Equal(1, times));
    }
}
