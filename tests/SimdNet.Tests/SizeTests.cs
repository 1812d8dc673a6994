using Xunit;

namespace SimdNet.Tests;

public class SizeTests
{
    [Fact]
    public void The_library_is_at_most_a_megabyte()
    {
        long bytes = new FileInfo(Path.Combine(AppContext.BaseDirectory, "SimdNet.dll")).Length;

        Assert.InRange(bytes, 1, 1_000_000);
    }
}
