using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimdNet.Simd;

/// <summary>
/// Random numbers without a state: Philox 4×32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC'11). Draw i
/// is a pure function of (seed, stream, substream, i), so nobody need remember it: not the next draw, and not the backward pass.
/// </summary>
/// <remarks>
/// The key is the seed; the counter is [block, block, stream, substream], low word first, and gives four words. A group of 128 draws is
/// made of 32 blocks: draw i is word ⌊i/32⌋ mod 4 of block 32·⌊i/128⌋ + i mod 32. So a vector of any width holds one word of neighbouring
/// blocks, and is stored as it is.
/// <code>
/// draw    0  1  2 ... 31   32 33 ... 63   64 ... 95   96 ... 127   128 ...
/// block   0  1  2 ... 31    0  1 ... 31    0 ... 31    0 ...  31    32 ...
/// word    0  0  0 ...  0    1  1 ...  1    2 ...  2    3 ...   3     0 ...
/// </code>
/// </remarks>
public readonly unsafe partial struct Philox
{
    /// <summary>The number of draws that one vector loop over 32 blocks makes.</summary>
    internal const int Group = 128;

    private const int BlocksPerGroup = 32;

    private readonly ulong _seed;
    private readonly uint _stream, _substream;

    /// <summary>The draws of one seed and stream.</summary>
    /// <param name="seed">The key: different seeds give unrelated draws.</param>
    /// <param name="stream">One half of the counter, for example the step of training.</param>
    /// <param name="substream">The other half, for example the layer.</param>
    public Philox(ulong seed, uint stream = 0, uint substream = 0)
    {
        _seed = seed;
        _stream = stream;
        _substream = substream;
    }

    /// <summary>32 bits each: <c>destination[i]</c> is draw offset + i.</summary>
    /// <param name="destination">[n].</param>
    /// <param name="offset">The index of the first draw.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    public void FillBits(Span<uint> destination, long offset = 0) =>
        Fill(default(RawBits), MemoryMarshal.Cast<uint, float>(destination), offset);

    /// <summary>Uniform in [0, 1), multiples of 2⁻²⁴: <c>destination[i]</c> is draw offset + i.</summary>
    /// <inheritdoc cref="FillBits"/>
    public void FillUniform(Span<float> destination, long offset = 0) => Fill(default(Uniform), destination, offset);

    /// <summary>Normal, by Box and Muller, up to 6.66 deviations from the mean: <c>destination[i]</c> is draw offset + i.</summary>
    /// <param name="destination">[n].</param>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="offset">The index of the first draw.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    public void FillNormal(Span<float> destination, float mean = 0, float deviation = 1, long offset = 0) =>
        Fill(new Normal(mean, deviation), destination, offset);

    /// <summary>The 32 bits of draw <paramref name="index"/>, for the cost of 128: <see cref="FillBits"/> gives many.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public uint UInt32At(long index)
    {
        uint bits;
        FillBits(new Span<uint>(&bits, 1), index);
        return bits;
    }

    /// <summary>Puts the values in a random order, each order as likely as any other (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        BoundedDraws draws = new(this, stackalloc uint[Group]);
        for (int last = values.Length - 1; last > 0; last--)
        {
            int chosen = (int)draws.Below((uint)last + 1);
            (values[last], values[chosen]) = (values[chosen], values[last]);
        }
    }

    /// <summary>
    /// The four words of <c>TSimd.Count</c> blocks from <paramref name="block"/> on, a vector for each word. A kernel's own loop calls it
    /// with 32·group + lane, for lane = 0, Count, 2·Count ... below 32.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Twice<Twice<TSimd>> Next<TSimd>(long block)
        where TSimd : struct, ISimd<TSimd> => Permute(
            TSimd.AddBits(TSimd.BroadcastBits((uint)block), TSimd.IndicesBits),
            TSimd.BroadcastBits((uint)(block >> 32)),
            TSimd.BroadcastBits(_stream),
            TSimd.BroadcastBits(_substream),
            _seed);

    /// <summary>Ten rounds: two multiplications spread the bits, the key is mixed in and moves on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Twice<Twice<TSimd>> Permute<TSimd>(TSimd word0, TSimd word1, TSimd word2, TSimd word3, ulong seed)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd factor0 = TSimd.BroadcastBits(0xD251_1F53), factor2 = TSimd.BroadcastBits(0xCD9E_8D57);
        (uint key0, uint key1) = ((uint)seed, (uint)(seed >> 32));
        for (int round = 0; round < 10; round++)
        {
            TSimd high0 = TSimd.MultiplyHighBits(word0, factor0), low0 = TSimd.MultiplyLowBits(word0, factor0);
            TSimd high2 = TSimd.MultiplyHighBits(word2, factor2), low2 = TSimd.MultiplyLowBits(word2, factor2);
            word0 = high2 ^ (word1 ^ TSimd.BroadcastBits(key0)); // the product comes last
            word1 = low2;
            word2 = high0 ^ (word3 ^ TSimd.BroadcastBits(key1));
            word3 = low0;
            key0 += 0x9E37_79B9; // the golden ratio
            key1 += 0xBB67_AE85; // √3 - 1
        }

        return new(new(word0, word1), new(word2, word3));
    }

    /// <summary>Whole groups go to their place; of the first and the last, if they are cut, the part goes by way of the stack.</summary>
    internal void Fill<TDraw, TSimd>(TDraw draw, float* destination, long offset, int length)
        where TDraw : struct, IDraw
        where TSimd : struct, ISimd<TSimd>
    {
        float* cut = stackalloc float[Group];
        while (length > 0)
        {
            int skipped = (int)(offset % Group), count = Math.Min(Group - skipped, length);
            if (count == Group)
            {
                count = length / Group * Group;
                FillGroups<TDraw, TSimd>(draw, destination, offset / Group, count / Group);
            }
            else
            {
                FillGroups<TDraw, TSimd>(draw, cut, offset / Group, 1);
                new Span<float>(cut + skipped, count).CopyTo(new Span<float>(destination, count));
            }

            destination += count;
            offset += count;
            length -= count;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FillGroups<TDraw, TSimd>(TDraw draw, float* destination, long group, int groups)
        where TDraw : struct, IDraw
        where TSimd : struct, ISimd<TSimd>
    {
        for (float* end = destination + ((long)groups * Group); destination < end; destination += Group, group++)
        {
            for (int lane = 0; lane < BlocksPerGroup; lane += TSimd.Count)
            {
                Twice<Twice<TSimd>> drawn = draw.Invoke(Next<TSimd>((group * BlocksPerGroup) + lane));
                drawn.Low.Low.Store(destination + lane);
                drawn.Low.High.Store(destination + BlocksPerGroup + lane);
                drawn.High.Low.Store(destination + (2 * BlocksPerGroup) + lane);
                drawn.High.High.Store(destination + (3 * BlocksPerGroup) + lane);
            }
        }
    }

    private void Fill<TDraw>(TDraw draw, Span<float> destination, long offset)
        where TDraw : struct, IDraw
    {
        Guard.NotNegative(offset, nameof(offset));
        fixed (float* to = destination)
        {
            FillKernel<TDraw> kernel = new(this, draw, to, offset, destination.Length);
            SimdWidth.Invoke(ref kernel);
        }
    }

    private readonly ref struct FillKernel<TDraw>(Philox philox, TDraw draw, float* destination, long offset, int length) : ISimdKernel
        where TDraw : struct, IDraw
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => philox.Fill<TDraw, TSimd>(draw, destination, offset, length);
    }
}
