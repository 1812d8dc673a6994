using SimdNet.Cli;
using Xunit;

namespace SimdNet.Tests.Cli;

public sealed class CachesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NamesEachCacheThatSaysItsLevelAndSize()
    {
        Add("index0", "1", "Data", "48K");
        Add("index1", "2", "Unified", "1024K");
        Add("index2", "3", "Unified", size: null);
        Assert.Equal("L1 Data 48K, L2 1024K", Caches.Describe(_folder.Path));
    }

    [Fact]
    public void SaysUnknownWhereNobodyTells()
    {
        Assert.Equal("unknown", Caches.Describe(_folder.Path));
        Assert.Equal("unknown", Caches.Describe(_folder.File("none")));
    }

    private void Add(string index, string level, string type, string? size)
    {
        string folder = Directory.CreateDirectory(_folder.File(index)).FullName;
        File.WriteAllText(Path.Combine(folder, "level"), level + "\n");
        File.WriteAllText(Path.Combine(folder, "type"), type + "\n");
        if (size is not null)
        {
            File.WriteAllText(Path.Combine(folder, "size"), size + "\n");
        }
    }
}
