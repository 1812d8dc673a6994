using SimdNet.Simd;

namespace SimdNet.Data;

/// <summary>The size of an image [channels, height, width].</summary>
internal readonly record struct ImageSize(int Channels, int Height, int Width)
{
    public int Length => Channels * Height * Width;

    /// <summary>The length of any size, or <see cref="long.MaxValue"/>.</summary>
    public long LongLength => (long)Int128.Min((Int128)Channels * Height * Width, long.MaxValue);
}

/// <summary>What all random numbers of an epoch depend on.</summary>
internal readonly record struct AugmentationKey(long Seed, int Epoch);

/// <summary>The random numbers of one step for one sample.</summary>
/// <param name="key">Seed and epoch: Philox's key and stream.</param>
/// <param name="step">The step's place in the chain: the substream.</param>
/// <param name="sample">The index in the dataset: the counter.</param>
internal readonly struct AugmentationDraws(AugmentationKey key, int step, int sample)
{
    /// <summary>Substreams that no parameter or layer of a network has, should someone use one seed for all.</summary>
    private const uint FirstSubstream = 0x8000_0000;

    public Philox Philox { get; } = new((ulong)key.Seed, (uint)key.Epoch, FirstSubstream + (uint)step);

    public int Sample { get; } = sample;

    /// <summary>A few uniform draws, up to as many as a group of Philox has: each sample takes a group.</summary>
    public void Uniform(Span<float> draws) => Philox.FillUniform(draws, (long)Sample * Philox.Group);

    /// <summary>True as often as the probability says.</summary>
    public bool Chance(float probability)
    {
        float draw = 0;
        Uniform(new(ref draw));
        return draw < probability;
    }
}

/// <summary>One change of an image, in place.</summary>
internal abstract class AugmentationStep
{
    /// <summary>The plane before a change that cannot be made in place; made anew when a thread meets larger ones.</summary>
    [ThreadStatic]
    private static float[]? t_plane;

    /// <summary>Refuses images that the step cannot change.</summary>
    public virtual void Check(ImageSize size)
    {
    }

    public abstract void Apply(Span<float> image, ImageSize size, in AugmentationDraws draws);

    /// <summary>A copy of a plane, until the thread asks for the next.</summary>
    protected static ReadOnlySpan<float> Copy(ReadOnlySpan<float> plane)
    {
        if (t_plane is null || t_plane.Length < plane.Length)
        {
            t_plane = GC.AllocateUninitializedArray<float>(plane.Length);
        }

        plane.CopyTo(t_plane);
        return t_plane.AsSpan(0, plane.Length);
    }

    /// <summary>A draw of [0, 1) as one of [-most, most).</summary>
    protected static double Symmetric(float draw, double most) => ((2.0 * draw) - 1) * most;
}
