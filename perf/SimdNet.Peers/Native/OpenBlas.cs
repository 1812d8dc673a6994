using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace SimdNet.Peers.Native;

/// <summary>OpenBLAS by its C interface. A call pays what every .NET caller of a native library pays: some nanoseconds.</summary>
internal static unsafe partial class OpenBlas
{
    private const string Library = "libopenblas.so.0";
    private const string CoreType = "OPENBLAS_CORETYPE", Threads = "OPENBLAS_NUM_THREADS";

    /// <summary>
    /// Loads the library with the given threads and this processor's best kernels, whatever the environment says: a peer held back is no
    /// peer.
    /// </summary>
    /// <returns>The library's version, the core it takes the processor for, and the settings of the environment that were set aside.</returns>
    /// <exception cref="PeersException">The library is not on this machine.</exception>
    /// <remarks>
    /// What OpenBLAS reads from the environment it reads when it is loaded, and from the C library, which
    /// <see cref="Environment.SetEnvironmentVariable(string, string?)"/> does not reach.
    /// </remarks>
    public static string Load(int threads)
    {
        string told = SetAside();
        if (TakenForNarrower)
        {
            _ = SetEnvironment(CoreType, "SKYLAKEX", overwrite: 1);
        }

        _ = SetEnvironment(Threads, $"{threads}", overwrite: 1);
        if (!NativeLibrary.TryLoad(Library, out _))
        {
            throw new PeersException($"{Library} is not on this machine: install the Debian package libopenblas0-pthread.");
        }

        SetThreads(threads);
        return $"{Version}, core {Marshal.PtrToStringUTF8(CoreName())}{told}";
    }

    /// <summary><c>C ← op(A)·op(B)</c>, row-major: A is [m, k] or, transposed, [k, m]; B is [k, n] or, transposed, [n, k].</summary>
    public static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* c)
    {
        const int rowMajor = 101, plain = 111, transposed = 112;
        Sgemm(
            rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, m, n, k,
            1, a, transposeA ? m : k, b, transposeB ? k : n, 0, c, n);
    }

    /// <summary>An AMD processor with AVX-512: versions up to 0.3.21 take every Zen for one of 256 bits, and would give half away.</summary>
    private static bool TakenForNarrower
    {
        get
        {
            if (!Avx512BW.VL.IsSupported || !Avx512DQ.IsSupported)
            {
                return false;
            }

            (_, int ebx, _, _) = X86Base.CpuId(0, 0);
            return ebx == 0x68747541; // "Auth" of AuthenticAMD
        }
    }

    /// <summary>"OpenBLAS 0.3.21", from its longer story.</summary>
    private static string Version => string.Join(' ', Marshal.PtrToStringUTF8(Config())!.Split(' ').Take(2));

    /// <summary>Unsets what the environment would tell the library, and says what that was.</summary>
    private static string SetAside()
    {
        string[] names = [.. from string name in Environment.GetEnvironmentVariables().Keys
                             where name.StartsWith("OPENBLAS_", StringComparison.Ordinal) && name != Threads
                             orderby name
                             select name];
        foreach (string name in names)
        {
            _ = UnsetEnvironment(name);
        }

        return names is [] ? "" : $" ({string.Join(", ", names)} of the environment set aside)";
    }

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "openblas_get_config")]
    private static partial nint Config();

    [LibraryImport(Library, EntryPoint = "openblas_get_corename")]
    private static partial nint CoreName();

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(
        int order, int transposeA, int transposeB, int m, int n, int k,
        float alpha, float* a, int aStride, float* b, int bStride, float beta, float* c, int cStride);
}
