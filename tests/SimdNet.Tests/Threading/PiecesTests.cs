using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Threading;

public class PiecesTests
{
    private Pieces pieces;

    [Fact]
    public void Each_piece_is_claimed_once_and_in_order()
    {
        Assert.False(pieces.Any);
        pieces.Deal(3, 6);
        for (int expected = 3; expected < 6; expected++)
        {
            Assert.True(pieces.Any);
            Assert.True(pieces.TryClaim(out int piece));
            Assert.Equal(expected, piece);
        }

        Assert.False(pieces.Any);
        Assert.False(pieces.TryClaim(out _));
        Assert.Equal(0, pieces.ClaimAll());
    }

    [Fact]
    public void All_that_are_left_are_claimed_at_once()
    {
        pieces.Deal(0, 10);
        pieces.TryClaim(out _);
        Assert.Equal(9, pieces.ClaimAll());
        Assert.False(pieces.TryClaim(out _));
        Assert.Equal(0, pieces.ClaimAll());
    }
}
