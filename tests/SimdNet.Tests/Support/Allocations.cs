using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>What must allocate nothing. Needs the collection <see cref="Alone"/>.</summary>
internal static class Allocations
{
    /// <summary>After a first call, 0 bytes in ten more, on every thread.</summary>
    public static void None(Action action)
    {
        action();

        // The test runner's own threads may allocate meanwhile; what allocates itself would do so in every attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            int collections = GC.CollectionCount(0);
            long mine = GC.GetAllocatedBytesForCurrentThread(), before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 10; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            mine = GC.GetAllocatedBytesForCurrentThread() - mine;

            // A collection, another thread's too, counts what was left of this thread's allocation room (up to 8 KiB) as allocated.
            Assert.True(mine == 0 || GC.CollectionCount(0) != collections, $"The caller allocated {mine} bytes in attempt {attempt}.");
        }

        Assert.Equal(0, least);
    }
}
