namespace SimdNet.Persistence;

/// <summary>A file that is replaced whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it over
    /// <paramref name="path"/>. After any failure the temporary is gone and what was at <paramref name="path"/> is still there.
    /// </summary>
    public static void Write(string path, Action<Stream> write)
    {
        // In the same folder: a rename is atomic only within one file system.
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (File.Exists(temporary)) // it does not where the folder itself cannot be written
            {
                File.Delete(temporary);
            }

            throw;
        }
    }
}
