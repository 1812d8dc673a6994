using Xunit;

namespace SimdNet.Tests.Support;

public unsafe class GuardedBufferTests
{
    private static readonly nuint s_page = (nuint)Environment.SystemPageSize;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void Data_lies_against_the_guarded_page_and_is_writable(int length)
    {
        using GuardedBuffer before = new(length, atEnd: true), after = new(length, atEnd: false);
        before.Span.Fill(1);
        after.Span.Fill(2);

        Assert.Equal(length, before.Span.Length);
        Assert.DoesNotContain(before.Span.ToArray(), value => value != 1);
        Assert.DoesNotContain(after.Span.ToArray(), value => value != 2);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux gives whole pages.");
        Assert.Equal(0u, (nuint)(before.Pointer + length) % s_page);
        Assert.Equal(0u, (nuint)after.Pointer % s_page);
    }

    /// <summary>The kernel's own list of this process's memory says which pages have no access: asking it faults nothing.</summary>
    [Fact]
    public void The_neighbouring_page_has_no_access()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux guards pages.");
        using GuardedBuffer before = new(5, atEnd: true), after = new(5, atEnd: false);

        Assert.Equal("rw-p", AccessAt((nuint)before.Pointer));
        Assert.Equal("---p", AccessAt((nuint)(before.Pointer + 5)));
        Assert.Equal("rw-p", AccessAt((nuint)after.Pointer));
        Assert.Equal("---p", AccessAt((nuint)(after.Pointer - 1)));
    }

    private static string AccessAt(nuint address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] fields = line.Split(' ', '-');
            string access = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..][..4];
            if (address >= nuint.Parse(fields[0], System.Globalization.NumberStyles.HexNumber)
                && address < nuint.Parse(fields[1], System.Globalization.NumberStyles.HexNumber))
            {
                return access;
            }
        }

        return "unmapped";
    }
}
