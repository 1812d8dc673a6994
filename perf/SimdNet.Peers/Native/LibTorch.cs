using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace SimdNet.Peers.Native;

/// <summary>libtorch, as TorchSharp brings it.</summary>
/// <remarks>
/// TorchSharp's native library is built against GCC 13 and asks for that version's libstdc++, though all it takes of it is a mark that is
/// never called. Where libstdc++ is older (Debian 12), the copy in this program's own folder is told that it can do without.
/// </remarks>
internal static partial class LibTorch
{
    /// <summary>GCC 13's <c>&lt;iostream&gt;</c> names it so that static linking takes its initializer along; no code calls it.</summary>
    private const string Mark = "_ZSt21ios_base_library_initv";

    private static readonly string s_library =
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    /// <summary>Loads libtorch and sets its threads.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="PeersException">It does not load on this machine.</exception>
    public static string Load(int threads)
    {
        if (File.Exists(s_library) && Refused() is { } reason)
        {
            Mend(reason);
            if (Refused() is { } other)
            {
                throw DoesNotLoad(other);
            }
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception exception) when (exception is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            throw DoesNotLoad(exception.Message);
        }

        torch.set_num_threads(threads);
        return $"libtorch {torch.__version__}, TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}";
    }

    /// <summary>What the loader says against the library, or nothing if it is loaded.</summary>
    private static string? Refused()
    {
        try
        {
            _ = NativeLibrary.Load(s_library);
            return null;
        }
        catch (DllNotFoundException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Makes optional the one requirement that the loader complains of, in a file that replaces the old one whole.</summary>
    private static void Mend(string reason)
    {
        Match version = MissingVersion().Match(reason);
        byte[] library = File.ReadAllBytes(s_library);
        if (!version.Success || !SymbolVersion.MakeOptional(library, version.Groups["version"].Value, Mark))
        {
            throw DoesNotLoad(reason);
        }

        string mended = s_library + ".mended";
        File.WriteAllBytes(mended, library);
        File.SetLastWriteTimeUtc(mended, File.GetLastWriteTimeUtc(s_library)); // or the next build would copy the old one over it
        File.Move(mended, s_library, overwrite: true);
    }

    private static PeersException DoesNotLoad(string reason) =>
        new($"libtorch does not load on this machine (TorchSharp has it for x64 Linux with libstdc++ 6): {reason}");

    [GeneratedRegex(
        "version `(?<version>[A-Za-z0-9_.]+)' not found \\(required by [^)]*libLibTorchSharp\\.so\\)", RegexOptions.CultureInvariant)]
    private static partial Regex MissingVersion();
}
