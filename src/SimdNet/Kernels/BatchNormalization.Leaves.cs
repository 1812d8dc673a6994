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

    /// <summary><c>y = activation(γ·(x - mean)/√(variance + ε) + β)</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Normalize<TChannels, TLanes, TActivation>(Strip strip, Numbers numbers, TActivation activation, float* x, float* y)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
        where TActivation : struct, IUnaryOperator
    {
        TLanes mean = numbers.Center<TChannels, TLanes>(strip), scale = numbers.Scale<TChannels, TLanes>(strip);
        TLanes shift = numbers.Shift<TChannels, TLanes>(strip);
        int length = strip.Length;
        x += strip.Offset;
        y += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride, y += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                activation.Invoke(TLanes.FusedMultiplyAdd(TLanes.Load(x + i) - mean, scale, shift)).Store(y + i);
            }

            if (i < length)
            {
                int rest = length - i;
                activation.Invoke(TLanes.FusedMultiplyAdd(TLanes.LoadPartial(x + i, rest) - mean, scale, shift)).StorePartial(y + i, rest);
            }
        }
    }

    /// <summary><c>Σ d</c> and <c>Σ d·(x - mean)</c>, the low half and the high, d being what the gate lets through of dOutput.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Twice<TLanes> Products<TChannels, TLanes, TGate>(Strip strip, Numbers numbers, TGate gate, float* x, float* dOutput)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
        where TGate : struct, IBinaryOperator
    {
        TLanes sum = TLanes.Zero, products = TLanes.Zero, mean = numbers.Center<TChannels, TLanes>(strip);
        TLanes scale = numbers.Scale<TChannels, TLanes>(strip), shift = numbers.Shift<TChannels, TLanes>(strip);
        int length = strip.Length;
        x += strip.Offset;
        dOutput += strip.Offset;
        for (int run = 0; run < strip.Runs; run++, x += strip.Stride, dOutput += strip.Stride)
        {
            int i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
            {
                TLanes deviation = TLanes.Load(x + i) - mean;
                TLanes gradient = Through(gate, deviation, scale, shift, TLanes.Load(dOutput + i));
                sum += gradient;
                products.Accumulate(gradient, deviation);
            }

            if (i < length)
            {
                int rest = length - i;
                TLanes deviation = TLanes.LoadPartial(x + i, rest) - mean;
                TLanes gradient = Through(gate, deviation, scale, shift, TLanes.LoadPartial(dOutput + i, rest)); // 0 past the end, and so are the products
                sum += gradient;
                products.Accumulate(gradient, deviation);
            }
        }

        return new(sum, products);
    }

    /// <summary>
    /// <c>dInput = s·d - s·dBeta/n - s·(x - mean)·dGamma/(n·√(variance + ε))</c> with <c>s = γ/√(variance + ε)</c>, d being what the gate lets
    /// through of dOutput.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void InputGradient<TChannels, TLanes, TGate>(
        Strip strip, Numbers numbers, TGate gate, float* x, float* dOutput, float* dGamma, float* dBeta, float* dInput)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
        where TGate : struct, IBinaryOperator
    {
        TLanes mean = numbers.Center<TChannels, TLanes>(strip), scale = numbers.Scale<TChannels, TLanes>(strip);
        TLanes shift = numbers.Shift<TChannels, TLanes>(strip);
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
                TLanes deviation = TLanes.Load(x + i) - mean;
                TLanes gradient = Through(gate, deviation, scale, shift, TLanes.Load(dOutput + i));
                TLanes statistics = TLanes.FusedMultiplyAdd(deviation, slope, offset);
                TLanes.FusedMultiplyAdd(gradient, scale, statistics).Store(dInput + i);
            }

            if (i < length)
            {
                int rest = length - i;
                TLanes deviation = TLanes.LoadPartial(x + i, rest) - mean;
                TLanes gradient = Through(gate, deviation, scale, shift, TLanes.LoadPartial(dOutput + i, rest));
                TLanes statistics = TLanes.FusedMultiplyAdd(deviation, slope, offset);
                TLanes.FusedMultiplyAdd(gradient, scale, statistics).StorePartial(dInput + i, rest);
            }
        }
    }

    /// <summary>The gradient behind the activation; what that was given is computed again, which takes less than to read what it gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Through<TGate, TLanes>(TGate gate, TLanes deviation, TLanes scale, TLanes shift, TLanes dOutput)
        where TGate : struct, IBinaryOperator
        where TLanes : struct, ISimd<TLanes> =>
        typeof(TGate) == typeof(OpenGate) ? dOutput : gate.Invoke(TLanes.FusedMultiplyAdd(deviation, scale, shift), dOutput);

    /// <summary>The gradient as it is: there is no activation.</summary>
    internal readonly struct OpenGate : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => y;
    }
}
