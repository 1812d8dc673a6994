namespace SimdNet.Cli;

/// <summary>The caches of the first core, as Linux tells them.</summary>
internal static class Caches
{
    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Such as <c>L1 Data 48K, L1 Instruction 32K, L2 1024K, L3 32768K</c>; <c>unknown</c> where nobody tells.</summary>
    public static string Describe(string folder = Folder)
    {
        string[] caches = Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder, "index*").Order(StringComparer.Ordinal).Select(Name).OfType<string>()]
            : [];
        return caches.Length == 0 ? "unknown" : string.Join(", ", caches);
    }

    private static string? Name(string cache)
    {
        (string? level, string? type, string? size) = (Read("level"), Read("type"), Read("size"));
        return level is null || size is null ? null : type is null or "Unified" ? $"L{level} {size}" : $"L{level} {type} {size}";

        string? Read(string name)
        {
            string file = Path.Combine(cache, name);
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
    }
}
