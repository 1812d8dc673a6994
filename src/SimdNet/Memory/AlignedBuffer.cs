using System.Runtime.CompilerServices;

namespace SimdNet.Memory;

/// <summary>
/// Floats that start on a 64-byte boundary (a cache line, a 512-bit vector) and never move. The garbage collector owns them: there is
/// nothing to dispose.
/// </summary>
/// <remarks>
/// Zero at first. The pinned heap aligns to 8 bytes only, so up to 15 floats before the start are given away; and a page, if the buffer is
/// as long, so that buffers one after the other start in different places of it. Where all start alike, kernels of several streams find
/// their lines in the same sets of the cache.
/// </remarks>
public sealed unsafe class AlignedBuffer
{
    /// <summary>The alignment in floats: 64 bytes.</summary>
    public const int Alignment = 16;

    private const int Page = 1024, LinesBetween = 5; // floats of 4 KiB; lines from one buffer's place in its page to the next one's

    private static int s_made;

    private readonly float[] _array;
    private readonly int _start;

    /// <summary>Makes a buffer of zeros.</summary>
    /// <param name="length">The number of floats, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public AlignedBuffer(int length)
    {
        Guard.NotNegative(length, nameof(length));
        (int room, uint place) = length < Page ? (0, 0) : (Page, (uint)Interlocked.Increment(ref s_made) * LinesBetween * Alignment % Page);
        _array = GC.AllocateArray<float>(length + room + Alignment - 1, pinned: true);
        nuint misalignment = (nuint)Unsafe.AsPointer(ref _array[0]) / sizeof(float) % Alignment;
        _start = (int)((Alignment - misalignment) % Alignment) + (int)place;
        Length = length;
    }

    /// <summary>The longest buffer, in whole cache lines.</summary>
    internal static int MaxLength => (Array.MaxLength / Alignment * Alignment) - Alignment - Page;

    /// <summary>The number of floats.</summary>
    public int Length { get; }

    /// <summary>All of the buffer.</summary>
    public Span<float> Span => _array.AsSpan(_start, Length);

    /// <summary>All of the buffer, for those who store it.</summary>
    public Memory<float> Memory => _array.AsMemory(_start, Length);

    /// <summary>The first float. The buffer never moves, so the pointer is valid for as long as the buffer is reachable.</summary>
    internal float* Pointer => (float*)Unsafe.AsPointer(ref _array[_start]);

    /// <summary>The smallest multiple of <see cref="Alignment"/> that holds <paramref name="length"/> floats.</summary>
    internal static int Align(int length) => checked((length + Alignment - 1) / Alignment * Alignment);
}
