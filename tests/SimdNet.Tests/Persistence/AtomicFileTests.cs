using SimdNet.Persistence;
using Xunit;

namespace SimdNet.Tests.Persistence;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MakesANewFileAndNothingElse()
    {
        AtomicFile.Write(_folder.File("model"), stream => stream.Write([1, 2, 3]));

        Assert.Equal(new byte[] { 1, 2, 3 }, File.ReadAllBytes(_folder.File("model")));
        Assert.Equal(["model"], _folder.Names());
    }

    [Fact]
    public void ReplacesALongerFileWhole()
    {
        string path = _folder.File("model", [9, 9, 9, 9, 9]);

        AtomicFile.Write(path, stream => stream.Write([1, 2, 3]));

        Assert.Equal(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        Assert.Equal(["model"], _folder.Names());
    }

    [Fact]
    public void TheOldFileStandsUntilTheNewOneIsWhole()
    {
        string path = _folder.File("model", [9, 9]);

        AtomicFile.Write(path, stream =>
        {
            stream.Write([1, 2, 3]);
            stream.Flush();
            Assert.Equal(new byte[] { 9, 9 }, File.ReadAllBytes(path));
            Assert.Equal(2, _folder.Names().Length);
        });
    }

    [Fact]
    public void AFailureLeavesTheOldFileAndNoTemporary()
    {
        string path = _folder.File("model", [9, 9]);

        Assert.Throws<TimeoutException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write([1, 2, 3]);
            throw new TimeoutException();
        }));

        Assert.Equal(new byte[] { 9, 9 }, File.ReadAllBytes(path));
        Assert.Equal(["model"], _folder.Names());
    }

    [Fact]
    public void AFailedRenameLeavesNoTemporary()
    {
        Directory.CreateDirectory(_folder.File("model"));

        Exception? error = Record.Exception(() => AtomicFile.Write(_folder.File("model"), stream => stream.Write([1])));

        Assert.True(error is IOException or UnauthorizedAccessException, $"{error}");
        Assert.Equal(["model"], _folder.Names());
    }

    [Fact]
    public void AMissingFolderIsNamed()
    {
        IOException error = Assert.ThrowsAny<IOException>(() => AtomicFile.Write(_folder.File("none/model"), stream => stream.Write([1])));

        Assert.Contains(_folder.File("none/model"), error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names());
    }
}
