using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>Asserts that something allocates nothing after its first run. To be used alone: it counts the allocations of the process.</summary>
internal static class AllocationsOf
{
    /// <summary>Runs it once, and then counts what all threads allocate.</summary>
    /// <remarks>The test runner's own threads may allocate meanwhile; what allocates by itself would do so in every attempt.</remarks>
    public static void All(Action run)
    {
        run();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 5; i++)
            {
                run();
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }
}
