using System.Buffers.Binary;
using System.Text;

namespace SimdNet.Peers.Native;

/// <summary>What an ELF library (64 bits, little-endian) requires of the versions of its symbols.</summary>
/// <remarks>Tool Interface Standard, Executable and Linking Format; Linux Standard Base, Symbol Versioning.</remarks>
internal static class SymbolVersion
{
    private const int DynamicSymbols = 11, Needs = 0x6FFF_FFFE, VersionOfSymbols = 0x6FFF_FFFF; // types of sections
    private const int SymbolSize = 24, Weak = 2;

    /// <summary>
    /// Lets the library load where a version that it needs is missing: the need becomes weak.
    /// </summary>
    /// <param name="library">The file, changed in place.</param>
    /// <param name="version">The version.</param>
    /// <param name="symbol">The only symbol that may be missed: one that nothing refers to.</param>
    /// <returns>False, and nothing has changed, if the library does not need the version or has other symbols of it.</returns>
    public static bool MakeOptional(Span<byte> library, string version, string symbol)
    {
        if (FindNeed(library, version) is not { } need)
        {
            return false;
        }

        foreach (int entry in SymbolsOf(library, Half(library, need + 6)))
        {
            if (!NameIs(library, Strings(library, DynamicSymbols) + Word(library, entry), symbol))
            {
                return false;
            }
        }

        library[need + 4] |= Weak;
        return true;
    }

    /// <summary>
    /// The place of a version's need: { hash, flags: half, index: half, name, distance to the next }. They are listed behind the library
    /// that is to have them: { version: half, count: half, file, distance to the list, distance to the next }.
    /// </summary>
    private static int? FindNeed(ReadOnlySpan<byte> library, string version)
    {
        int strings = Strings(library, Needs);
        for (int file = Section(library, Needs).Offset, step = -1; step != 0; file += step)
        {
            int need = file + Word(library, file + 8);
            for (int count = Half(library, file + 2); count > 0; count--)
            {
                if (NameIs(library, strings + Word(library, need + 8), version))
                {
                    return need;
                }

                need += Word(library, need + 12);
            }

            step = Word(library, file + 12);
        }

        return null;
    }

    /// <summary>The places of the symbols whose version has the index; the highest bit of an index says that a symbol is hidden.</summary>
    private static List<int> SymbolsOf(ReadOnlySpan<byte> library, int index)
    {
        (int symbols, int size, _) = Section(library, DynamicSymbols);
        int versions = Section(library, VersionOfSymbols).Offset;
        List<int> found = [];
        for (int i = 0; i < size / SymbolSize; i++)
        {
            if ((Half(library, versions + (2 * i)) & 0x7FFF) == index)
            {
                found.Add(symbols + (i * SymbolSize));
            }
        }

        return found;
    }

    /// <summary>Where the names begin that a section refers to.</summary>
    private static int Strings(ReadOnlySpan<byte> library, int type)
    {
        int link = Section(library, type).Link;
        return Long(library, HeaderOf(library, link) + 0x18);
    }

    private static (int Offset, int Size, int Link) Section(ReadOnlySpan<byte> library, int type)
    {
        for (int i = 0; i < Half(library, 0x3C); i++)
        {
            int header = HeaderOf(library, i);
            if (Word(library, header + 4) == type)
            {
                return (Long(library, header + 0x18), Long(library, header + 0x20), Word(library, header + 0x28));
            }
        }

        throw new PeersException($"The library has no section of type {type:X}: is it one for 64-bit Linux?");
    }

    private static int HeaderOf(ReadOnlySpan<byte> library, int section) => Long(library, 0x28) + (section * Half(library, 0x3A));

    private static bool NameIs(ReadOnlySpan<byte> library, int start, string name) =>
        library[start..].StartsWith(Encoding.ASCII.GetBytes(name + '\0'));

    private static int Half(ReadOnlySpan<byte> library, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(library[offset..]);

    private static int Word(ReadOnlySpan<byte> library, int offset) => BinaryPrimitives.ReadInt32LittleEndian(library[offset..]);

    private static int Long(ReadOnlySpan<byte> library, int offset) =>
        checked((int)BinaryPrimitives.ReadInt64LittleEndian(library[offset..]));
}
