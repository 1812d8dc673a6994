namespace SimdNet.Tests.Reference;

/// <summary>
/// <see cref="SimdNet.Simd.Philox"/>, one block after the other; uniform and normal draws in double (from a u that is a float in both).
/// </summary>
internal sealed class PhiloxReference(ulong seed, uint stream = 0, uint substream = 0)
{
    public static uint[] Block(uint[] counter, uint[] key)
    {
        (uint a, uint b, uint c, uint d, uint k, uint l) = (counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
        for (int round = 0; round < 10; round++)
        {
            ulong first = 0xD2511F53UL * a, second = 0xCD9E8D57UL * c;
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ k, (uint)second, (uint)(first >> 32) ^ d ^ l, (uint)first);
            k += 0x9E3779B9;
            l += 0xBB67AE85;
        }

        return [a, b, c, d];
    }

    public uint Bits(long index) => Words(index)[(int)(index / 32 % 4)];

    public double Uniform(long index) => (Bits(index) >> 8) * Math.Pow(2, -24);

    public double Normal(long index)
    {
        uint[] words = Words(index);
        int word = (int)(index / 32 % 4), pair = word / 2 * 2;
        double u = MathF.FusedMultiplyAdd(words[pair] >> 1, MathF.Pow(2, -31), MathF.Pow(2, -32));
        uint bits = words[pair + 1];
        double angle = Math.PI / 2 * (int)(bits << 2) * Math.Pow(2, -32);
        bool second = word % 2 == 1, negative = ((bits << word % 2) >> 31) == 1;
        double value = Math.Sqrt(-2 * Math.Log(u)) * Math.Cos((Math.PI / 4) + (second ? angle : -angle));
        return negative ? -value : value;
    }

    private uint[] Words(long index)
    {
        ulong block = (ulong)((index / 128 * 32) + (index % 32));
        return Block([(uint)block, (uint)(block >> 32), stream, substream], [(uint)seed, (uint)(seed >> 32)]);
    }
}
