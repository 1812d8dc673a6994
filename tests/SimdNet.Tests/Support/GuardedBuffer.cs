using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SimdNet.Tests.Support;

/// <summary>
/// Floats between two pages that nobody may touch: a read or write past the guarded end is a fault, not a wrong number found later.
/// </summary>
/// <remarks>
/// <code>
/// atEnd:  | no access | slack  data | no access |
/// else:   | no access | data  slack | no access |
/// </code>
/// Data and slack start as NaN. A system other than Linux gets plain memory: the values are still tested there, the reach is not.
/// </remarks>
internal sealed unsafe partial class GuardedBuffer : IDisposable
{
    private const int ReadAndWrite = 3, NoAccess = 0, PrivateAnonymous = 0x22;

    private readonly nuint _pages;

    private byte* _start;

    /// <param name="length">The number of floats.</param>
    /// <param name="atEnd">Whether the data ends right before a page without access, or else starts right after one.</param>
    public GuardedBuffer(int length, bool atEnd)
    {
        nuint page = (nuint)Environment.SystemPageSize, bytes = (nuint)length * sizeof(float);
        nuint room = (bytes + page - 1) / page * page;
        _pages = room + (2 * page);
        _start = Allocate(_pages);
        new Span<float>(_start + page, (int)(room / sizeof(float))).Fill(float.NaN);
        Protect(_start, page);
        Protect(_start + page + room, page);
        Pointer = (float*)(_start + page + (atEnd ? room - bytes : 0));
        Length = length;
    }

    public int Length { get; }

    public float* Pointer { get; private set; }

    public Span<float> Span => new(Pointer, Length);

    public void Dispose()
    {
        if (_start == null)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            Check(Unmap(_start, _pages));
        }
        else
        {
            NativeMemory.Free(_start);
        }

        _start = null;
        Pointer = null;
    }

    private static byte* Allocate(nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (byte*)NativeMemory.Alloc(bytes);
        }

        void* start = Map(null, bytes, ReadAndWrite, PrivateAnonymous, -1, 0);
        Check(start == (void*)-1 ? -1 : 0);
        return (byte*)start;
    }

    private static void Protect(byte* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            Check(Protect(start, bytes, NoAccess));
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);
}
