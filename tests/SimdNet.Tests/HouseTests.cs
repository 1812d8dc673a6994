using System.Text.RegularExpressions;
using Xunit;

namespace SimdNet.Tests;

/// <summary>The plan of the house: a floor uses the floors under it, never one above.</summary>
public sealed partial class HouseTests
{
    /// <summary>From the ground up. The ground itself is the folder of the project: checks and messages.</summary>
    private static readonly string[] s_floors =
        ["SimdNet", "SimdNet.Simd", "SimdNet.Threading", "SimdNet.Memory", "SimdNet.Kernels", "SimdNet.Layers", "SimdNet.Persistence", "SimdNet.Data", "SimdNet.Training"];

    /// <summary>The repository, above wherever the tests were built.</summary>
    internal static string Root
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (folder != null && !File.Exists(Path.Combine(folder, "SimdNet.sln")))
            {
                folder = Path.GetDirectoryName(folder);
            }

            return folder ?? throw new DirectoryNotFoundException($"No SimdNet.sln above {AppContext.BaseDirectory}");
        }
    }

    [Fact]
    public void A_namespace_is_a_folder_and_every_folder_is_a_floor() => Assert.Empty(
        from file in Sources()
        where Namespace(file) != file.Floor || !s_floors.Contains(file.Floor)
        select $"{file.Path}: namespace {Namespace(file)}, expected {file.Floor}, one of: {string.Join(" < ", s_floors)}");

    [Fact]
    public void Floors_use_lower_floors_only() => Assert.Empty(Sources().Where(file => file.Floor != s_floors[0]).SelectMany(Violations));

    [Fact(Skip = "Guard.cs uses SimdNet.Memory, for Apart and Bias.")]
    public void The_ground_uses_no_floor() => Assert.Empty(Sources().Where(file => file.Floor == s_floors[0]).SelectMany(Violations));

    private static IEnumerable<string> Violations((string Path, string Floor, string Text) file) =>
        from used in Uses().Matches(file.Text).Select(match => match.Groups[1].Value)
        where Array.IndexOf(s_floors, used) is int floor && (floor < 0 || floor >= Array.IndexOf(s_floors, file.Floor))
        select $"{file.Path}: using {used} is not under {file.Floor}";

    private static IEnumerable<(string Path, string Floor, string Text)> Sources()
    {
        string library = Path.Combine(Root, "src", "SimdNet");
        foreach (string path in Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories))
        {
            string[] folders = ["SimdNet", .. Path.GetRelativePath(library, path).Split(Path.DirectorySeparatorChar)[..^1]];
            if (folders is not ["SimdNet", "bin" or "obj", ..])
            {
                yield return (Path.GetRelativePath(Root, path), string.Join('.', folders), File.ReadAllText(path));
            }
        }
    }

    private static string Namespace((string Path, string Floor, string Text) file) => Declaration().Match(file.Text).Groups[1].Value;

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^(?:global )?using (?:static |\w+ = )?(SimdNet(?:\.[A-Z]\w*)?)\b", RegexOptions.Multiline)]
    private static partial Regex Uses();
}
