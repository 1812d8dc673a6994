namespace SimdNet.Cli;

/// <summary>The folder that a training's files go to; known to be writable before the training starts.</summary>
internal sealed class OutputFolder
{
    private readonly string _path;

    private OutputFolder(string path) => _path = path;

    public string Model => Path.Combine(_path, "model.safetensors");

    public string Metrics => Path.Combine(_path, "metrics.json");

    /// <summary>Makes the folder if there is none.</summary>
    /// <exception cref="IOException">Its files cannot be written: the message says which, and why.</exception>
    public static OutputFolder Prepare(string path)
    {
        OutputFolder folder = new(path);
        try
        {
            Directory.CreateDirectory(path);
            string probe = Path.Combine(path, Path.GetRandomFileName());
            File.Create(probe, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"--output is '{path}', expected a folder that can be written: {refusal.Message}", refusal);
        }

        string? obstacle = new[] { folder.Model, folder.Metrics }.FirstOrDefault(Directory.Exists);
        return obstacle is null ? folder : throw new IOException($"'{obstacle}' is a folder, expected a file, or nothing yet.");
    }
}
