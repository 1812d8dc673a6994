using FsCheck.Xunit;
using SimdNet.Data;
using Xunit;

namespace SimdNet.Tests.Data;

public class ShuffleTests
{
    [Property]
    public void IsAPermutation(byte count, long seed, int epoch) =>
        Assert.Equal(Enumerable.Range(0, count), Order(count, seed, epoch).Order());

    [Property]
    public void TheKeyAloneDecides(byte count, long seed, int epoch) =>
        Assert.Equal(Order(count, seed, epoch), Order(count, seed, epoch));

    [Property]
    public void EverySeedAndEveryEpochHasItsOwnOrder(long seed, int epoch)
    {
        int[] order = Order(100, seed, epoch);

        Assert.NotEqual(order, Order(100, unchecked(seed + 1), epoch));
        Assert.NotEqual(order, Order(100, seed, unchecked(epoch + 1)));
    }

    // Frozen: a recorded run must find the same order again.
    [Fact]
    public void TheOrderNeverChanges() => Assert.Equal([6, 5, 1, 4, 7, 3, 2, 9, 8, 0], Order(10, seed: 42, epoch: 1));

    // Each number on each place equally often. Rows and columns of the table have fixed sums, so that (n - 1)/n times the usual sum is
    // distributed as χ² with (n - 1)² = 49 degrees of freedom: mean 49, deviation √98.
    [Fact]
    public void EveryPlaceIsEquallyLikely()
    {
        const int Count = 8, Trials = 8000;
        int[] seen = new int[Count * Count];
        for (int epoch = 0; epoch < Trials; epoch++)
        {
            int[] order = Order(Count, seed: 7, epoch);
            for (int place = 0; place < Count; place++)
            {
                seen[place * Count + order[place]]++;
            }
        }

        double expected = (double)Trials / Count;
        double chiSquare = (Count - 1.0) / Count * seen.Sum(count => (count - expected) * (count - expected) / expected);

        Assert.InRange(chiSquare, 49 - 4 * Math.Sqrt(98), 49 + 4 * Math.Sqrt(98));
    }

    private static int[] Order(int count, long seed, int epoch)
    {
        int[] order = new int[count];
        Shuffle.Fill(order, seed, epoch);
        return order;
    }
}
