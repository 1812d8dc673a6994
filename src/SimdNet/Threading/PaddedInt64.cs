using System.Runtime.InteropServices;

namespace SimdNet.Threading;

/// <summary>
/// A number with no neighbour within 120 bytes on either side: a cache line is 64 bytes, 128 where lines are fetched in pairs or are
/// that wide (Apple).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedInt64
{
    [FieldOffset(128)]
    public long Value;
}
