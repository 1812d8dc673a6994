using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>
/// The passes over a strip. Legal pointers: data reach over [batch, channels, area] and numbers over [channels], and the strips of
/// <see cref="Sizes"/> lie within both. Each pass is a leaf, as in Loops.Leaves.cs.
/// </content>
public static unsafe partial class BatchNormalization
{
    /// <summary><c>Σ x</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes Sum<TLanes>(Strip strip, float* x)
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes sum = TLanes.Zero;
        int length = strip.Length;
        x += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                sum += TLanes.Load(x + i);
            }

            if (i < length)
            {
                sum += TLanes.LoadPartial(x + i, length - i);
            }
        }

        return sum;
    }

    /// <summary><c>Σ (x - mean)²</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes Squares<TChannels, TLanes>(Strip strip, Numbers numbers, float* x)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes sum = TLanes.Zero, mean = numbers.Center<TChannels, TLanes>(strip);
        int length = strip.Length;
        x += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                sum = SquaredDeviations.Combine(sum, TLanes.Load(x + i), mean);
            }

            if (i < length)
            {
                int rest = length - i;
                sum = TLanes.Select(TLanes.FirstLanes(rest), SquaredDeviations.Combine(sum, TLanes.LoadPartial(x + i, rest), mean), sum);
            }
        }

        return sum;
    }

    /// <summary><c>y = γ·(x - mean)/√(variance + ε) + β</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Normalize<TChannels, TLanes>(Strip strip, Numbers numbers, float* x, float* beta, float* y)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes mean = numbers.Center<TChannels, TLanes>(strip), scale = numbers.Scale<TChannels, TLanes>(strip);
        TLanes shift = TChannels.Load<TLanes>(beta + strip.First, strip.Count);
        int length = strip.Length;
        x += strip.Offset;
        y += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride, y += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                TLanes.FusedMultiplyAdd(TLanes.Load(x + i) - mean, scale, shift).Store(y + i);
            }

            if (i < length)
            {
                TLanes.FusedMultiplyAdd(TLanes.LoadPartial(x + i, length - i) - mean, scale, shift).StorePartial(y + i, length - i);
            }
        }
    }

    /// <summary><c>Σ dOutput</c> and <c>Σ dOutput·(x - mean)</c>, the low half and the high.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Twice<TLanes> Products<TChannels, TLanes>(Strip strip, Numbers numbers, float* x, float* dOutput)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes sum = TLanes.Zero, products = TLanes.Zero, mean = numbers.Center<TChannels, TLanes>(strip);
        int length = strip.Length;
        x += strip.Offset;
        dOutput += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride, dOutput += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                TLanes gradient = TLanes.Load(dOutput + i);
                sum += gradient;
                products.Accumulate(gradient, TLanes.Load(x + i) - mean);
            }

            if (i < length)
            {
                int rest = length - i;
                TLanes gradient = TLanes.LoadPartial(dOutput + i, rest); // 0 past the end, and so are the products
                sum += gradient;
                products.Accumulate(gradient, TLanes.LoadPartial(x + i, rest) - mean);
            }
        }

        return new(sum, products);
    }

    /// <summary>
    /// <c>dInput = s·dOutput - s·dBeta/n - s·(x - mean)·dGamma/(n·√(variance + ε))</c> with <c>s = γ/√(variance + ε)</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void InputGradient<TChannels, TLanes>(
        Strip strip, Numbers numbers, float* x, float* dOutput, float* dGamma, float* dBeta, float* dInput)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes mean = numbers.Center<TChannels, TLanes>(strip), scale = numbers.Scale<TChannels, TLanes>(strip);
        TLanes share = (TLanes.Zero - scale) / TLanes.Broadcast(strip.ValuesPerChannel);
        TLanes offset = share * TChannels.Load<TLanes>(dBeta + strip.First, strip.Count);
        TLanes slope = share * TChannels.Load<TLanes>(dGamma + strip.First, strip.Count) * numbers.InverseDeviation<TChannels, TLanes>(strip);
        int length = strip.Length;
        x += strip.Offset;
        dOutput += strip.Offset;
        dInput += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride, dOutput += strip.Stride, dInput += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                TLanes statistics = TLanes.FusedMultiplyAdd(TLanes.Load(x + i) - mean, slope, offset);
                TLanes.FusedMultiplyAdd(TLanes.Load(dOutput + i), scale, statistics).Store(dInput + i);
            }

            if (i < length)
            {
                int rest = length - i;
                TLanes statistics = TLanes.FusedMultiplyAdd(TLanes.LoadPartial(x + i, rest) - mean, slope, offset);
                TLanes.FusedMultiplyAdd(TLanes.LoadPartial(dOutput + i, rest), scale, statistics).StorePartial(dInput + i, rest);
            }
        }
    }
}
