using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using SimdNet.Simd;

namespace SimdNet.Benchmarks.Gate;

/// <summary>Whose shares may be compared: those of one family of processors at one vector width.</summary>
internal static class Machine
{
    /// <summary>Such as <c>AuthenticAMD family 26, Vector512 (AVX-512)</c>.</summary>
    public static string Name => $"{(X86Base.IsSupported ? Family() : $"{RuntimeInformation.ProcessArchitecture}")}, {SimdWidth.Name}";

    /// <summary>Leaf 0 of CPUID spells the maker, in this order of registers; leaf 1 has the family in two fields.</summary>
    private static string Family()
    {
        (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
        string maker = Encoding.ASCII.GetString(MemoryMarshal.AsBytes((int[])[ebx, edx, ecx]));
        int signature = X86Base.CpuId(1, 0).Eax, family = (signature >> 8) & 0xF;
        return $"{maker} family {(family == 0xF ? family + ((signature >> 20) & 0xFF) : family)}";
    }
}
